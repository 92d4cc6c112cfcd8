//! Dense linear algebra for consilience: products that accumulate in f64, eigen and singular values, rotations.
