//! Do independently trained networks learn the same thing? The toolkit of convergent learning.
