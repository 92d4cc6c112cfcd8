"use strict";
// The page is complete without this script. It adds the switch of themes, tooltips, and the keyboard in figures.
(() => {
  const root = document.documentElement;
  const remembered = {
    get: () => { try { return localStorage.getItem("consilience-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("consilience-theme", value); } catch { /* a private window forgets */ } },
  };

  // Theme: system, light, dark, and around again.
  const button = document.getElementById("theme");
  const themes = ["system", "light", "dark"];
  const use = (theme) => {
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  let theme = themes.includes(remembered.get()) ? remembered.get() : "system";
  use(theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    remembered.set(theme);
    use(theme);
  });

  // The tooltip, one for the page.
  const tip = document.getElementById("tip");
  let active = null;
  const hide = () => {
    if (active) active.classList.remove("active");
    active = null;
    tip.hidden = true;
  };
  const show = (mark) => {
    if (mark === active) return;
    hide();
    active = mark;
    mark.classList.add("active");
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    const at = (mark.querySelector(".point") || mark).getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const middle = at.left + at.width / 2 - size.width / 2;
    const left = Math.min(Math.max(8, middle), root.clientWidth - size.width - 8);
    const above = at.top - size.height - 8;
    const top = above > 56 ? above : at.bottom + 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${top + scrollY}px`;
  };

  // Where marks are, in the units of their panel.
  const centre = (mark) => {
    const box = (mark.querySelector(".point") || mark).getBBox();
    return { mark, series: mark.dataset.s, x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const neighbour = (places, from, [dx, dy]) => {
    const here = centre(from);
    let best = null;
    for (const place of places) {
      const along = (place.x - here.x) * dx + (place.y - here.y) * dy;
      const aside = Math.abs((place.x - here.x) * dy) + Math.abs((place.y - here.y) * dx);
      if (along < 0.5) continue;
      // Left and right follow a series; up and down go to the next series at the same place.
      if (dx !== 0 && place.series !== here.series) continue;
      const cost = along + 6 * aside;
      if (!best || cost < best.cost) best = { cost, mark: place.mark };
    }
    return best && best.mark;
  };

  for (const panel of document.querySelectorAll("svg.panel")) {
    const marks = [...panel.querySelectorAll(".mark")];
    const name = panel.querySelector(":scope > title");
    if (name) {
      // Titles become labels, or the browser would show a second tooltip.
      panel.setAttribute("aria-label", name.textContent);
      name.remove();
    }
    if (!marks.length) continue;
    panel.setAttribute("role", "group");
    for (const mark of marks) {
      const title = mark.querySelector("title");
      mark.setAttribute("aria-label", title.textContent);
      mark.setAttribute("role", "img");
      mark.setAttribute("tabindex", "-1");
      title.remove();
    }
    marks[0].setAttribute("tabindex", "0");
    let places = null;
    const all = () => (places ??= marks.map(centre));
    const points = marks.some((mark) => mark.querySelector(".hidden"));
    panel.addEventListener("pointermove", (event) => {
      let mark = event.target.closest(".mark");
      if (points) {
        // Points are small: the nearest one answers.
        const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(panel.getScreenCTM().inverse());
        let near = 22 ** 2;
        mark = null;
        for (const place of all()) {
          const distance = (place.x - at.x) ** 2 + (place.y - at.y) ** 2;
          if (distance < near) { near = distance; mark = place.mark; }
        }
      }
      if (mark) show(mark); else hide();
    });
    panel.addEventListener("pointerleave", hide);
    panel.addEventListener("focusin", (event) => {
      const mark = event.target.closest(".mark");
      if (mark) show(mark);
    });
    panel.addEventListener("focusout", hide);
    panel.addEventListener("keydown", (event) => {
      const from = event.target.closest(".mark");
      if (!from) return;
      let to = null;
      if (arrows[event.key]) to = neighbour(all(), from, arrows[event.key]);
      else if (event.key === "Home") to = marks[0];
      else if (event.key === "End") to = marks[marks.length - 1];
      else return;
      event.preventDefault();
      if (!to) return;
      from.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    });
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  // A link to a method opens it; so does printing.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });

  // The section that is being read is marked in the contents.
  const links = new Map([...document.querySelectorAll(".contents a")].map((a) => [a.hash.slice(1), a]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -75% 0px" });
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) seen.observe(section);
  }
})();
