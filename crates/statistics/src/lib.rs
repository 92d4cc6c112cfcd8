//! Sufficient statistics of data: streamed, mergeable moments in blocks of stimuli.
