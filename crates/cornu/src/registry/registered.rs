//! Members that a program adds to a family's table: its own layers, losses, metrics, by their names in files.

use std::sync::{Arc, PoisonError, RwLock};

use super::{Config, Entry, Family, Fields, Handle, from_config, misfit};
use crate::Result;

/// The members a program has added to a family.
pub type Registered<T> = RwLock<Vec<&'static Entry<T>>>;

/// Makes a type of your own one that files may hold: Keras' decorator of this name. `F` is the family, such as
/// `dyn Layer`; `T` is the type, whose [`Configured::class_name`](super::Configured::class_name) is `class_name`. In a
/// file it is `package>class_name`. A type registered again under a name takes the place of the one before.
///
/// ```
/// use cornu::graph::Var;
/// use cornu::losses::Loss;
/// use cornu::layers::{Base, Call, Input, Layer, Outputs};
/// use cornu::registry::{Config, Configured, Fields, config_of};
/// use cornu::utils::register_keras_serializable;
/// use cornu::{Model, Result, Sequential};
///
/// #[derive(Debug, Clone, Default, Fields)]
/// struct Square {
///     #[fields(flatten)]
///     base: Base,
/// }
///
/// impl Configured for Square {
///     fn class_name(&self) -> &str { "Square" }
///     fn config(&self) -> Config { config_of(self) }
/// }
///
/// impl Layer for Square {
///     fn base(&self) -> &Base { &self.base }
///     fn base_mut(&mut self) -> &mut Base { &mut self.base }
///     fn boxed(&self) -> Box<dyn Layer> { Box::new(self.clone()) }
///     fn call<'g>(&self, _: &mut Call<'_, 'g>, inputs: &[Var<'g>]) -> Result<Outputs<'g>> {
///         Ok(inputs[0].square().into())
///     }
/// }
///
/// register_keras_serializable::<dyn Layer, Square>("my_package", "Square")?;
/// let model = Sequential::new().add(Input::new([3])).add(Square::default());
/// let json = model.to_json()?;
/// assert!(json.contains(r#""registered_name":"my_package>Square""#));
/// assert_eq!(Model::from_json(&json)?.to_json()?, json);
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// # Errors
/// If the family has a class of this name already.
pub fn register_keras_serializable<F, T>(package: &str, class_name: &str) -> Result<()>
where
    F: Family + ?Sized,
    T: Fields,
    Handle<F>: From<T>,
{
    if F::table().iter().any(|entry| entry.class_name == class_name) {
        let message = format!("is a class of {} already: give yours another name", F::MODULE);
        return Err(misfit::<F>(class_name, message));
    }
    // Entries live as long as the program, as those of the tables do.
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let entry = Entry {
        class_name: leak(class_name.to_owned()),
        aliases: Box::leak(Box::new([leak(format!("{package}>{class_name}"))])),
        from_config: create::<F, T>,
    };
    let mut registered = F::registered().write().unwrap_or_else(PoisonError::into_inner);
    registered.push(Box::leak(Box::new(entry)));
    Ok(())
}

fn create<F, T>(config: &Config) -> Result<Arc<F>, String>
where
    F: Family + ?Sized,
    T: Fields,
    Handle<F>: From<T>,
{
    let made: T = from_config(config, F::IGNORED_KEYS)?;
    Handle::<F>::from(made).shared().cloned().map_err(|error| error.to_string())
}

/// The row of this class or registered name, if a program has added one.
pub(crate) fn find<F: Family + ?Sized>(name: &str) -> Option<&'static Entry<F>> {
    let registered = F::registered().read().unwrap_or_else(PoisonError::into_inner);
    let is = |entry: &&&'static Entry<F>| entry.class_name == name || entry.aliases.contains(&name);
    registered.iter().rev().find(is).copied()
}

/// The module and the registered name that a member's JSON has.
pub(super) fn place<F: Family + ?Sized>(class_name: &str) -> (&'static str, Option<&'static str>) {
    let registered = find::<F>(class_name).and_then(|entry| entry.aliases.first().copied());
    match registered.and_then(|name| name.split_once('>')) {
        Some((package, _)) => (package, registered),
        None => (F::MODULE, None),
    }
}
