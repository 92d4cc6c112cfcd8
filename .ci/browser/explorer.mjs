// Clicks through the unit explorer of a report: mouse and keyboard, every view, light, dark, narrow and printed. Fails on
// errors of the console, on requests that leave the file, and on what is not there. Usage: node explorer.mjs REPORT SCREENSHOTS
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, screenshots] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(20_000);
process.on("uncaughtException", async (error) => {
  console.error(error);
  await page.screenshot({ path: `${screenshots}/failed.png` }).catch(() => {});
  await browser.close();
  process.exit(1);
});
const complaints = [];
page.on("console", (message) => { if (["error", "warning"].includes(message.type())) complaints.push(message.text()); });
page.on("pageerror", (error) => complaints.push(String(error)));
page.on("request", (request) => { if (/^(https?|ws):/.test(request.url())) complaints.push(`asked for ${request.url()}`); });

const step = async (name, run) => {
  const begin = performance.now();
  await run();
  assert.deepEqual(complaints, [], `complaints of the browser while: ${name}`);
  console.log(`ok  ${name} (${Math.round(performance.now() - begin)} ms)`);
};
const shoot = async (name) => {
  await page.locator("#explorer").scrollIntoViewIfNeeded();
  await page.locator("#explorer").screenshot({ path: `${screenshots}/${name}.png` });
};
const text = (selector) => page.locator(selector).innerText();
const heading = () => text("#ue-unit h3");
const column = async (key) => {
  const place = await page.locator("#ue-scroll th button").evaluateAll((heads, key) => heads.findIndex((h) => h.dataset.key === key), key);
  return page.locator(`#ue-scroll tbody tr[role=row] td:nth-child(${place + 1})`).allInnerTexts();
};
const numbers = async (key) => (await column(key)).filter((v) => v !== "–").map((v) => Number(v.replace("−", "-").replace(" %", "")));
const sortedBy = (values, sign) => values.every((v, i) => i === 0 || sign * (v - values[i - 1]) >= 0);
// Whether a picture shows more than one colour.
const painted = (canvas) => canvas.evaluate((c) => new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer)).size > 1);
const tab = (name) => page.locator(`#ue-tab-${name}`);

await step("the page opens", async () => {
  await page.goto(pathToFileURL(report).href);
  await page.locator("#ue").waitFor();
  assert.ok((await page.locator(".verdict").count()) > 0, "the report has verdicts");
});

const layers = await page.locator("#ue-layer option").evaluateAll((options) => options.map((o) => o.value));
await step(`each of ${layers.length} layers and each pair of one`, async () => {
  const pairs = await page.locator("#ue-pair option").evaluateAll((options) => options.map((o) => o.value));
  assert.ok(pairs.length >= 2, "both directions of a pair");
  for (const pair of pairs) {
    await page.locator("#ue-pair").selectOption(pair);
    assert.match(await text("#ue-facts"), /units|Nothing was found/);
  }
  await page.locator("#ue-pair").selectOption(pairs[0]);
  for (const layer of layers) {
    await page.locator("#ue-layer").selectOption(layer);
    assert.match(await text("#ue-facts"), /units, .* stimul/, layer);
    assert.match(await text("#ue-facts"), /one to one −?\d/, layer);
    assert.ok((await page.locator("#ue-scroll tbody tr[role=row]").count()) > 0, `${layer} has rows`);
    assert.ok((await page.locator("#ue-scroll tbody tr").count()) < 80, "only rows in sight are elements");
  }
  await page.locator("#ue-layer").selectOption(layers[0]);
});

await step("sort by a column, both ways", async () => {
  const head = page.locator("#ue-scroll th button[data-key=rbest]");
  await head.click();
  assert.equal(await page.locator("#ue-scroll th[aria-sort=descending]").innerText(), "its r ↓");
  const down = await numbers("rbest");
  assert.ok(down.length > 3 && sortedBy(down, -1), `${down}`);
  await head.press("Enter");
  assert.ok(sortedBy(await numbers("rbest"), 1));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), "rbest", "the head keeps the focus");
  await page.locator("#ue-scroll th button[data-key=r]").click();
  assert.ok(sortedBy(await numbers("r"), -1));
});

await step("search by words, numbers and conditions", async () => {
  const all = await text("#ue-count");
  await page.locator("#ue-query").fill("r>0.3");
  const some = await numbers("r");
  assert.ok(some.length > 0 && some.every((r) => r > 0.2995), `${some}`);
  await page.locator("#ue-query").fill("no such word");
  assert.match(await text("#ue-count"), /^0 of/);
  assert.equal(await text("#ue-unit"), "");
  await page.locator("#ue-query").fill("");
  assert.equal(await text("#ue-count"), all);
});

await step("only the units of one verdict", async () => {
  const chips = page.locator("#ue-verdicts button");
  const names = await chips.locator("b").allInnerTexts();
  const counts = (await chips.allInnerTexts()).map((t, i) => Number(t.slice(names[i].length).match(/\d+/)[0]));
  const most = counts.indexOf(Math.max(...counts));
  await chips.nth(most).click();
  assert.match(await text("#ue-count"), new RegExp(`^${counts[most]} of`));
  assert.ok((await column("verdict")).every((v) => v === names[most]));
  await chips.nth(most).click();
});

await step("a unit by the mouse", async () => {
  const line = page.locator("#ue-scroll tbody tr[role=row]").nth(2);
  const unit = await line.locator("td").first().innerText();
  await line.click();
  assert.ok((await heading()).startsWith(`Unit ${unit} of `), await heading());
  assert.match(await text("#ue-unit > p"), /explain .* of its variance/);
  const thumbs = page.locator("#ue-unit canvas.ue-thumb");
  assert.ok((await thumbs.count()) >= 8, "pictures of both units");
  await page.waitForTimeout(100);
  const blank = [];
  for (const thumb of await thumbs.all()) if (!(await painted(thumb))) blank.push(await thumb.getAttribute("title"));
  assert.ok(blank.length < (await thumbs.count()) / 2, `blank: ${blank}`);
  assert.ok((await page.locator("#ue-unit circle.ue-dot").count()) > 20, "a scatter plot");
  assert.ok((await page.locator("#ue-unit path.curve").count()) >= 2, "curves along the penalties");
});

await step("units by the keyboard", async () => {
  await page.locator("#ue-scroll").focus();
  await page.keyboard.press("Home");
  const first = await heading();
  for (let i = 0; i < 5; i += 1) await page.keyboard.press("ArrowDown");
  assert.notEqual(await heading(), first);
  const sixth = (await column("unit"))[5];
  assert.ok((await heading()).startsWith(`Unit ${sixth} of`), "five steps down is the sixth row");
  assert.equal(await page.locator("#ue-scroll").getAttribute("aria-activedescendant"), `ue-row-${sixth}`);
  await page.keyboard.press("End");
  const seen = await page.locator("#ue-scroll tr[aria-selected=true]").evaluate((row) => {
    const [a, b] = [row.getBoundingClientRect(), row.closest("#ue-scroll").getBoundingClientRect()];
    return a.top >= b.top && a.bottom <= b.bottom + 1;
  });
  assert.ok(seen, "the last row is in sight");
  await page.keyboard.press("Home");
  assert.equal(await heading(), first);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "ue-unit");
});

await step("another candidate", async () => {
  const before = await text("#ue-unit .ue-card:nth-child(2) h4");
  await page.locator("#ue-unit .ue-near button[aria-pressed=false]").first().click();
  assert.notEqual(await text("#ue-unit .ue-card:nth-child(2) h4"), before);
});
await shoot("units");

await step("best and worst matches", async () => {
  await tab("units").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await tab("galleries").getAttribute("aria-selected"), "true");
  const duos = await page.locator(".ue-duo").count();
  assert.ok(duos >= 2, `${duos} matches`);
  await page.waitForTimeout(150);
  await shoot("galleries");
  await page.locator(".ue-duo").first().click();
  assert.ok(await page.locator("#ue-unit").isVisible());
});

await step("correlations: order, zoom, readout, files, click", async () => {
  await tab("matrices").click();
  const canvas = page.locator("canvas.ue-matrix");
  assert.ok(await painted(canvas));
  await shoot("correlations");
  const picture = () => canvas.evaluate((c) => c.toDataURL());
  const ordered = await picture();
  await page.locator("#ue-matrices select[data-key=order]").selectOption("recorded");
  assert.notEqual(await picture(), ordered);
  const plain = await picture();
  await page.locator("#ue-matrices button[data-key='Zoom in']").click();
  assert.notEqual(await picture(), plain);
  await canvas.focus();
  await page.keyboard.press("0");
  assert.equal(await picture(), plain);
  await canvas.hover({ position: { x: 120, y: 90 } });
  assert.match(await text("#ue-matrices [role=status]"), /unit \d+ of .*, unit \d+ of .*: r = −?\d\.\d\d/);
  const [, row, column, r] = (await text("#ue-matrices [role=status]")).match(/unit (\d+) of .*, unit (\d+) of .*: r = (.*)$/);
  const saved = async (title) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`#ue-matrices button[data-key='${title}']`).click()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const values = await saved("Save the values");
  assert.match(values.name, /^correlations-.*-recorded\.csv$/);
  const lines = values.bytes.toString().trim().split("\n").map((line) => line.split(","));
  const value = lines.find((line) => line[0] === row)[lines[0].indexOf(column)];
  assert.ok(Math.abs(Number(value) - Number(r.replace("−", "-"))) < 0.006, `${value} in the file, ${r} on the page`);
  const image = await saved("Save the picture");
  assert.match(image.name, /\.png$/);
  assert.deepEqual([...image.bytes.subarray(1, 4)], [..."PNG"].map((c) => c.charCodeAt(0)));
  await canvas.click({ position: { x: 120, y: 90 } });
  assert.ok((await heading()).startsWith(`Unit ${row} of`));
});

await step("clusters: tree, page, member", async () => {
  await tab("clusters").click();
  const leaves = page.locator(".ue-leaf");
  assert.ok((await leaves.count()) >= 2, "clusters");
  assert.equal(await page.locator("svg.ue-tree path").count(), (await leaves.count()) - 1);
  await leaves.nth(1).click();
  const name = (await leaves.nth(1).innerText()).match(/cluster (\d+)/)[1];
  assert.equal(await text("#ue-page h3"), `Cluster ${name}`);
  await page.waitForTimeout(150);
  await shoot("clusters");
  if (await page.locator("#ue-clusters select[data-key=scope]").count()) {
    await page.locator("#ue-clusters select[data-key=scope]").selectOption("all");
    assert.ok((await leaves.count()) >= 2, "clusters of all networks");
    await shoot("clusters-all");
  }
  const member = page.locator(".ue-member").first();
  const unit = (await member.innerText()).match(/unit (\d+)/)[1];
  await member.click();
  assert.ok((await heading()).startsWith(`Unit ${unit} of`));
});

await step("dark, narrow and printed", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot("units-dark");
  for (const name of ["galleries", "matrices", "clusters"]) {
    await tab(name).click();
    await page.waitForTimeout(150);
    await shoot(`${name}-dark`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 400, height: 800 });
  for (const name of ["galleries", "matrices", "clusters", "units"]) {
    await tab(name).click();
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert.ok(width <= 400, `${name} is ${width} pixels wide on a page of 400`);
    await page.waitForTimeout(150);
    await shoot(`${name}-narrow`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ media: "print" });
  await shoot("units-printed");
});

console.log("done");
await browser.close();
