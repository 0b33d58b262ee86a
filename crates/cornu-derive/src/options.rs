//! What `#[fields(…)]` may say.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Member, Path, Result, Token, WherePredicate, parenthesized};

/// What is said of a field.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) flatten: bool,
    pub(crate) skip: bool,
    pub(crate) required: bool,
    pub(crate) with_base: bool,
    pub(crate) unwritten: bool,
    pub(crate) key: Option<String>,
    pub(crate) alias: Option<String>,
    pub(crate) omit_if: Option<Path>,
    pub(crate) read: Option<Path>,
    pub(crate) write: Option<Path>,
}

impl FieldOptions {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut options = FieldOptions::default();
        each_option(attributes, |meta| {
            let word = meta.path.require_ident()?.to_string();
            match word.as_str() {
                "flatten" => options.flatten = true,
                "skip" => options.skip = true,
                "required" => options.required = true,
                "with_base" => options.with_base = true,
                "unwritten" => options.unwritten = true,
                "key" => options.key = Some(meta.value()?.parse::<LitStr>()?.value()),
                "alias" => options.alias = Some(meta.value()?.parse::<LitStr>()?.value()),
                "omit_if" => options.omit_if = Some(meta.value()?.parse()?),
                "read" => options.read = Some(meta.value()?.parse()?),
                "write" => options.write = Some(meta.value()?.parse()?),
                _ => return Err(meta.error("is nothing that can be said of a field")),
            }
            Ok(())
        })?;
        Ok(options)
    }
}

/// What is said of a struct.
#[derive(Default)]
pub(crate) struct StructOptions {
    pub(crate) start: Option<TokenStream>,
    pub(crate) show: Option<Path>,
    pub(crate) settle: Option<Path>,
    pub(crate) order: Option<Vec<OrderEntry>>,
    pub(crate) bounds: Vec<WherePredicate>,
}

impl StructOptions {
    pub(crate) fn parse(attributes: &[Attribute]) -> Result<Self> {
        let mut options = StructOptions::default();
        each_option(attributes, |meta| {
            let word = meta.path.require_ident()?.to_string();
            match word.as_str() {
                "start" => options.start = Some(meta.value()?.call(up_to_comma)?),
                "show" => options.show = Some(meta.value()?.parse()?),
                "settle" => options.settle = Some(meta.value()?.parse()?),
                "order" => options.order = Some(list(&meta)?),
                "bound" => options.bounds = list(&meta)?,
                _ => return Err(meta.error("is nothing that can be said of a struct")),
            }
            Ok(())
        })?;
        Ok(options)
    }
}

fn each_option(
    attributes: &[Attribute],
    mut option: impl FnMut(ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    let mut own = attributes.iter().filter(|attribute| attribute.path().is_ident("fields"));
    own.try_for_each(|attribute| attribute.parse_nested_meta(&mut option))
}

/// An expression, of which nothing is asked but where it ends.
fn up_to_comma(input: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// What stands in parentheses, with commas between.
fn list<T: Parse>(meta: &ParseNestedMeta<'_>) -> Result<Vec<T>> {
    let inside;
    parenthesized!(inside in meta.input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&inside)?.into_iter().collect())
}

/// One entry of `order(…)`: `base.name`, or `dtype: base.dtype.0` where the key is not the last word.
pub(crate) struct OrderEntry {
    key: Option<Ident>,
    members: Punctuated<Member, Token![.]>,
}

impl OrderEntry {
    pub(crate) fn key(&self) -> String {
        let last = || self.members.last().map(|member| member.to_token_stream().to_string());
        self.key.as_ref().map(Ident::to_string).or_else(last).unwrap_or_default()
    }

    pub(crate) fn place(&self) -> TokenStream {
        let members = &self.members;
        quote!(#members)
    }
}

impl Parse for OrderEntry {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = if input.peek(Ident) && input.peek2(Token![:]) {
            let key = input.parse()?;
            input.parse::<Token![:]>()?;
            Some(key)
        } else {
            None
        };
        Ok(OrderEntry { key, members: Punctuated::parse_separated_nonempty(input)? })
    }
}
