//! `#[derive(Fields)]`: the arguments of a config as a walk over a struct's fields.

mod options;

use options::{FieldOptions, StructOptions};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Error, Fields, Ident, Member, Result, parse_macro_input};

/// Makes a struct's fields the arguments of its config, in their order: an `impl` of `cornu::registry::Fields`. What is
/// generated only hands the fields out; one reader and one writer, compiled once, do the rest.
///
/// On a field, `#[fields(…)]` takes
/// - `flatten`: a part whose own fields stand here,
/// - `skip`: no argument,
/// - `required`: an argument without a default,
/// - `key = "fn"`, `alias = "alpha"`: the argument's key, where it is not the field's name; another key it is read from,
/// - `omit_if = path`: left out when `path(&field)`,
/// - `with_base`: written right behind the base if there is one, as Keras' base layer does, and at its own place if not,
/// - `unwritten`: read, but never written,
/// - `read = path`, `write = path`: a `fn(&Value) -> Result<T, String>` and a `fn(&T) -> Value` in place of `Argument`.
///
/// On the struct, it takes
/// - `start = expression`: what absent arguments are taken from, in place of `Self::default()`,
/// - `show = path`: a `fn(&self, &str, &dyn Writable, &mut dyn FnMut(&str, &dyn Writable))` that each argument to be
///   written goes through,
/// - `settle = path`: a `fn(&mut Self, &mut Given<'_>) -> Result<(), String>` that is called when all is read,
/// - `order(base.name, rate, dtype: base.dtype.0)`: the arguments, where their order is not that of the fields,
/// - `bound(T: Lengths)`: bounds of the type's parameters.
#[proc_macro_derive(Fields, attributes(fields))]
pub fn derive_fields(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

/// One argument, or one part with arguments of its own.
struct Argument {
    key: String,
    /// Where it is, from `self` on: `base.name`.
    place: TokenStream,
    options: FieldOptions,
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "only a struct has named arguments"));
    };
    let options = StructOptions::parse(&input.attrs)?;
    let arguments = arranged(arguments(&data.fields)?, &options);
    let shown: Vec<TokenStream> = shown(&arguments);
    let visited = arguments.iter().map(visited);
    let start =
        options.start.map_or_else(|| quote!(::core::default::Default::default()), |start| quote!(#start));
    let show = options.show.map(|show| {
        quote! {
            let see: &mut dyn ::core::ops::FnMut(&str, &dyn ::cornu::registry::Writable) =
                &mut |key: &str, value: &dyn ::cornu::registry::Writable| #show(self, key, value, see);
        }
    });
    let settle = options.settle.map(|settle| {
        quote! {
            fn settle(&mut self, given: &mut ::cornu::registry::Given<'_>) -> ::core::result::Result<(), ::std::string::String> {
                #settle(self, given)
            }
        }
    });
    let name = &input.ident;
    let (parameters, arguments, own_bounds) = input.generics.split_for_impl();
    let bounds = options.bounds.iter();
    let bounds = match own_bounds {
        Some(own) => {
            let own = own.predicates.iter();
            quote!(where #(#own,)* #(#bounds,)*)
        }
        None => quote!(where #(#bounds,)*),
    };
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::cornu::registry::Fields for #name #arguments #bounds {
            fn start() -> Self {
                #start
            }

            fn visit(&self, see: &mut dyn ::core::ops::FnMut(&str, &dyn ::cornu::registry::Writable)) {
                let _ = &see;
                #show
                #(#shown)*
            }

            fn visit_mut(
                &mut self,
                see: &mut dyn ::core::ops::FnMut(&'static ::cornu::registry::Key, &mut dyn ::cornu::registry::Readable),
            ) {
                let _ = &see;
                #(#visited)*
            }

            #settle
        }
    })
}

fn arguments(fields: &Fields) -> Result<Vec<Argument>> {
    let argument = |(at, field): (usize, &syn::Field)| {
        let options = match FieldOptions::parse(&field.attrs) {
            Ok(options) if options.skip => return None,
            Ok(options) => options,
            Err(error) => return Some(Err(error)),
        };
        let name = field.ident.as_ref().map(Ident::to_string);
        let key = options.key.clone().or(name).unwrap_or_default();
        let place = field.ident.clone().map_or_else(|| Member::from(at), Member::from).into_token_stream();
        if key.is_empty() && !options.flatten {
            return Some(Err(Error::new_spanned(
                field,
                "an argument needs a name: give the field one, or a `key`",
            )));
        }
        Some(Ok(Argument { key: key.trim_start_matches("r#").to_owned(), place, options }))
    };
    fields.iter().enumerate().filter_map(argument).collect()
}

/// The arguments in the order the struct asks for. A place that is no field of the struct itself has no options.
fn arranged(arguments: Vec<Argument>, options: &StructOptions) -> Vec<Argument> {
    let Some(order) = &options.order else { return arguments };
    let mut arguments: Vec<Option<Argument>> = arguments.into_iter().map(Some).collect();
    let arranged = order.iter().map(|entry| {
        let place = entry.place();
        let text = place.to_string();
        let own = arguments
            .iter_mut()
            .find(|argument| argument.as_ref().is_some_and(|argument| argument.place.to_string() == text));
        own.and_then(Option::take).unwrap_or_else(|| Argument {
            key: entry.key(),
            place,
            options: FieldOptions::default(),
        })
    });
    arranged.collect()
}

/// The statements of `visit`.
fn shown(arguments: &[Argument]) -> Vec<TokenStream> {
    let one = |argument: &Argument| {
        let Argument { key, place, options } = argument;
        let field = quote!(&self.#place);
        if options.flatten {
            return quote!(::cornu::registry::Fields::visit(#field, see););
        }
        let value = match &options.write {
            Some(write) => quote!(&::cornu::registry::Writing(#field, #write)),
            None => field,
        };
        let see = quote!(see(#key, #value););
        match &options.omit_if {
            Some(omit) => quote!(if !#omit(&self.#place) { #see }),
            None => see,
        }
    };
    let mut statements = Vec::new();
    for argument in arguments.iter().filter(|argument| !argument.options.unwritten) {
        statements.push(one(argument));
        if argument.place.to_string() == "base" {
            let with_base = arguments.iter().filter(|argument| argument.options.with_base);
            statements.extend(with_base.map(|argument| {
                let (place, see) = (&argument.place, one(argument));
                quote!(if self.#place.is_some() { #see })
            }));
        }
    }
    statements
}

/// A statement of `visit_mut`.
fn visited(argument: &Argument) -> TokenStream {
    let Argument { key, place, options } = argument;
    let field = quote!(&mut self.#place);
    if options.flatten {
        return quote!(::cornu::registry::Fields::visit_mut(#field, see););
    }
    let required = options.required;
    let alias = match &options.alias {
        Some(alias) => quote!(::core::option::Option::Some(#alias)),
        None => quote!(::core::option::Option::None),
    };
    let value = match &options.read {
        Some(read) => quote!(&mut ::cornu::registry::Reading(#field, #read)),
        None => field,
    };
    quote!(see(&::cornu::registry::Key { name: #key, alias: #alias, required: #required }, #value);)
}
