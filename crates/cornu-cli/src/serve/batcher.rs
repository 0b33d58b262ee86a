//! `Served`: a model in a thread of its own, which computes what has come in meanwhile as one batch.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use cornu::data::Table;
use cornu::{Data, InputColumn, Inputs, Model, ModelPipeline, Predict, Shape, Tensor};

use crate::failure::{Failure, Result};

/// A model being served: what requests need to know of it, and the way to its thread.
pub(crate) struct Served {
    pub(super) name: String,
    pub(super) inputs: Wants,
    pub(super) outputs: Vec<(String, Shape)>,
    /// The classes, where the preprocessing in the file says them.
    pub(super) classes: Option<Vec<String>>,
    jobs: SyncSender<Job>,
}

/// What a model is fed.
pub(super) enum Wants {
    /// Tensors by name: their shapes, and whether they hold strings.
    Tensors(Vec<(String, Shape, bool)>),
    /// Columns of a table.
    Columns(Vec<InputColumn>),
}

/// Samples as they come in.
pub(super) enum Samples {
    Tensors(Vec<Data>),
    Columns(Table),
}

/// What comes back: the model's outputs, with what they stand for where preprocessing says it.
#[derive(Clone)]
pub(super) struct Outputs {
    pub(super) tensors: Vec<Tensor>,
    pub(super) answers: Option<Data>,
    pub(super) probabilities: Option<Tensor>,
}

/// What does not reach the model, or comes back from it as an error.
pub(super) enum Refusal {
    /// The samples do not suit the model.
    Samples(String),
    /// Too much is waiting.
    Busy,
    /// The thread is gone.
    Gone,
}

struct Job {
    samples: Samples,
    reply: SyncSender<Result<Outputs, String>>,
}

/// Requests that may wait for the model.
const WAITING: usize = 4096;
/// Samples of a batch at most, beyond which waiting for more gains nothing.
const ROWS: usize = 256;

enum Thing {
    Alone(Model),
    Pipeline(ModelPipeline),
}

impl Served {
    /// Starts the model's thread. For `window` after a request others are waited for.
    pub(crate) fn new(name: String, model: Model, window: Duration) -> Result<Self> {
        let outputs = model.output_specs()?;
        let (thing, inputs, classes) = match model.has_preprocessing() {
            true => {
                let pipeline = ModelPipeline::of(model)?;
                let columns = Wants::Columns(pipeline.columns().to_vec());
                let classes = pipeline.classes().ok().map(|of| of.iter().map(ToString::to_string).collect());
                (Thing::Pipeline(pipeline), columns, classes)
            }
            false => {
                let inputs = model.input_specs()?;
                (Thing::Alone(model), Wants::Tensors(inputs), None)
            }
        };
        let (jobs, waiting) = sync_channel(WAITING);
        thread::Builder::new()
            .name("model".into())
            .spawn(move || work(thing, &waiting, window))
            .map_err(|error| Failure::new(format!("cannot start a thread: {error}")))?;
        Ok(Served { name, inputs, outputs, classes, jobs })
    }

    /// The model's answer to samples.
    pub(super) fn predict(&self, samples: Samples) -> Result<Outputs, Refusal> {
        let (reply, answer) = sync_channel(1);
        self.jobs.try_send(Job { samples, reply }).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::Busy,
            TrySendError::Disconnected(_) => Refusal::Gone,
        })?;
        answer.recv().map_err(|_| Refusal::Gone)?.map_err(Refusal::Samples)
    }
}

/// Takes jobs until nobody can send any more.
fn work(mut thing: Thing, waiting: &Receiver<Job>, window: Duration) {
    while let Ok(first) = waiting.recv() {
        let until = Instant::now() + window;
        let (mut batch, mut rows) = (Vec::new(), 0);
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match features(&thing, &job.samples) {
                Ok(x) => {
                    rows += x.first().map_or(0, Data::row_count);
                    batch.push((x, job.reply));
                }
                Err(message) => drop(job.reply.try_send(Err(message))),
            }
            if rows < ROWS {
                next = waiting.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
            }
        }
        for group in alike(batch) {
            compute(&mut thing, group);
        }
    }
}

/// What the model is fed for samples.
fn features(thing: &Thing, samples: &Samples) -> Result<Vec<Data>, String> {
    match (thing, samples) {
        (Thing::Alone(_), Samples::Tensors(tensors)) => Ok(tensors.clone()),
        (Thing::Pipeline(pipeline), Samples::Columns(table)) => {
            let of = |table: &Table| Ok(vec![pipeline.features(&pipeline.arrange(table)?)?.into()]);
            of(table).map_err(|error: cornu::Error| error.to_string())
        }
        _ => Err("the samples are not in the form the model wants".into()),
    }
}

type Waiting = (Vec<Data>, SyncSender<Result<Outputs, String>>);

/// Groups of jobs whose samples have one shape, and can be put one after the other.
fn alike(batch: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut groups: Vec<Vec<Waiting>> = Vec::new();
    let same = |a: &[Data], b: &[Data]| {
        a.len() == b.len()
            && a.iter().zip(b).all(|(a, b)| {
                a.tensor().is_some() && a.dtype() == b.dtype() && a.shape().get(1..) == b.shape().get(1..)
            })
    };
    for waiting in batch {
        let group = groups.iter_mut().find(|group| group.first().is_some_and(|(x, _)| same(x, &waiting.0)));
        match group {
            Some(group) => group.push(waiting),
            None => groups.push(vec![waiting]),
        }
    }
    groups
}

fn compute(thing: &mut Thing, group: Vec<Waiting>) {
    if group.len() > 1 {
        let together = stacked(&group).and_then(|x| predict(thing, &x));
        // Should one of them not suit the model, each is told what concerns it.
        if let Ok(outputs) = together {
            let mut from = 0;
            for (x, reply) in group {
                let rows = from..from + x.first().map_or(0, Data::row_count);
                from = rows.end;
                let _ = reply.try_send(part(&outputs, rows));
            }
            return;
        }
    }
    for (x, reply) in group {
        let _ = reply.try_send(predict(thing, &x));
    }
}

fn stacked(group: &[Waiting]) -> Result<Vec<Data>, String> {
    let inputs = group.first().map_or(0, |(x, _)| x.len());
    (0..inputs)
        .map(|at| {
            let parts: Vec<Tensor> =
                group.iter().filter_map(|(x, _)| x.get(at).and_then(Data::tensor).cloned()).collect();
            Tensor::concat_rows(&parts).map(Data::from).map_err(|error| error.to_string())
        })
        .collect()
}

fn predict(thing: &mut Thing, x: &[Data]) -> Result<Outputs, String> {
    let mut of = || -> cornu::Result<Outputs> {
        let inputs: Inputs<'_> = x.iter().map(|data| (None, data)).collect();
        match thing {
            Thing::Alone(model) => {
                let tensors = model.predict_all(inputs, Predict::new())?;
                Ok(Outputs { tensors, answers: None, probabilities: None })
            }
            Thing::Pipeline(pipeline) => {
                let output = pipeline.model_mut().predict(inputs, Predict::new())?;
                let answers = Some(pipeline.answers(&output)?);
                let probabilities =
                    pipeline.is_classifier().then(|| pipeline.probabilities(&output)).transpose()?;
                Ok(Outputs { tensors: vec![output], answers, probabilities })
            }
        }
    };
    of().map_err(|error| error.to_string())
}

/// The outputs of some rows.
fn part(outputs: &Outputs, rows: std::ops::Range<usize>) -> Result<Outputs, String> {
    use cornu::preprocessing::Rows;
    let of = |tensor: &Tensor| tensor.rows(rows.clone()).map_err(cornu::Error::from);
    let taken = || -> cornu::Result<Outputs> {
        let indices: Vec<usize> = rows.clone().collect();
        Ok(Outputs {
            tensors: outputs.tensors.iter().map(of).collect::<cornu::Result<_>>()?,
            answers: outputs.answers.as_ref().map(|answers| answers.take_rows(&indices)).transpose()?,
            probabilities: outputs.probabilities.as_ref().map(of).transpose()?,
        })
    };
    taken().map_err(|error| error.to_string())
}
