//! `repeat`: several passes in one.

use super::Pipeline;
use crate::Result;
use crate::data::{Cardinality, Dataset, ElementSpec, Elements, Stack};

pub(in crate::data) struct Repeated {
    input: Pipeline,
    /// Without end where there is none.
    count: Option<usize>,
}

impl Repeated {
    pub(in crate::data) fn new(input: Pipeline, count: Option<usize>) -> Self {
        Repeated { input, count }
    }
}

impl Dataset for Repeated {
    fn begin(&self, pass: u64) -> Result<Box<dyn Elements>> {
        let left = self.count.map(|count| count as u64);
        Ok(Box::new(Running {
            input: self.input.clone(),
            left,
            pass,
            done: 0,
            elements: None,
            fruitful: true,
        }))
    }

    fn cardinality(&self) -> Cardinality {
        self.input.cardinality().repeated(self.count)
    }

    fn element_spec(&self) -> Option<ElementSpec> {
        self.input.element_spec()
    }
}

struct Running {
    input: Pipeline,
    left: Option<u64>,
    pass: u64,
    done: u64,
    elements: Option<Box<dyn Elements>>,
    /// Whether the pass at hand has given an element: without one there is no use in another pass.
    fruitful: bool,
}

impl Elements for Running {
    fn pull(&mut self, most: usize) -> Result<Option<Stack>> {
        loop {
            let elements = match &mut self.elements {
                Some(elements) => elements,
                None if self.left == Some(0) || !self.fruitful => return Ok(None),
                None => {
                    self.left = self.left.map(|left| left - 1);
                    self.fruitful = false;
                    let pass = inner_pass(self.pass, self.done);
                    self.done += 1;
                    self.elements.insert(self.input.begin(pass)?)
                }
            };
            if let Some(stack) = elements.pull(most)? {
                self.fruitful = true;
                return Ok(Some(stack));
            }
            self.elements = None;
        }
    }
}

/// The number of a pass within a pass: the first has its number, and all others numbers that no other pass is likely to have.
fn inner_pass(pass: u64, number: u64) -> u64 {
    if number == 0 {
        return pass;
    }
    // The mixing function of SplitMix64 (Steele, Lea and Flood, 2014).
    let mut bits = pass.wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
