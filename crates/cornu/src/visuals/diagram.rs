//! Boxes and edges of a model, placed and drawn.

use super::dot::{dtypes, shapes};
use super::font::{self, Weight};
use super::ink::{Color, Ink};
use super::layered::{Edge, Node, Piece, Pin, layered};
use super::model::{PlotModel, RankDir};
use super::picture::{MARGIN, Picture};
use super::shape::{Anchor, Font, Path, Style};
use crate::models::{Outline, OutlinedLayer};

/// A model's boxes and edges in their places. Its axes are those of the layout: across the flow and along it.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    across: f64,
    along: f64,
    pub(super) cards: Vec<Placed>,
    frames: Vec<Frame>,
    pieces: Vec<Drawn>,
    /// Cards that read themselves.
    loops: Vec<usize>,
    /// How far across the inputs and the outputs of the model enter and leave.
    entries: Vec<f64>,
    exits: Vec<f64>,
}

/// A layer's box with where it stands.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    card: Card,
    /// Its middle.
    pub(super) across: f64,
    pub(super) along: f64,
}

/// The frame around a model that is opened.
#[derive(Debug, Clone)]
struct Frame {
    name: String,
    across: (f64, f64),
    along: (f64, f64),
    depth: usize,
}

/// A piece of an edge with the heads it has.
#[derive(Debug, Clone)]
struct Drawn {
    piece: Piece,
    head: bool,
    /// At its beginning, where it runs backwards.
    tail: bool,
}

/// Room between a frame and what is in it, and for its name.
const PADDING: f64 = 18.0;
const FRAME_NAME: f64 = 30.0;
/// How far the line of a layer that reads itself reaches out.
const LOOP: f64 = 24.0;

impl Scene {
    /// The scene of a whole model.
    pub(super) fn of(model: &Outline, plot: &PlotModel) -> Self {
        Self::arrange(model, plot, 0)
    }

    /// The scene of a model, opened in others as often as `depth` says.
    fn arrange(model: &Outline, plot: &PlotModel, depth: usize) -> Self {
        enum Content {
            Card(Card),
            Opened(Scene),
        }
        let flows_down = plot.rankdir == RankDir::TopBottom;
        // Around an opened model: what comes before its content across and along, and what all of it needs.
        let before = if flows_down { (PADDING, FRAME_NAME) } else { (FRAME_NAME, PADDING) };
        let frame = (before.0 + PADDING, before.1 + PADDING);
        let reads_itself = |at: usize| model.edges.iter().any(|edge| edge.from == at && edge.to == at);
        let contents: Vec<Content> = model
            .layers
            .iter()
            .map(|layer| match &layer.inner {
                Some(inner) if plot.expand_nested => Content::Opened(Self::arrange(inner, plot, depth + 1)),
                _ => Content::Card(Card::new(layer, plot)),
            })
            .collect();
        let mut nodes: Vec<Node> = contents
            .iter()
            .enumerate()
            .map(|(at, content)| {
                let (across, along) = match content {
                    Content::Card(card) => {
                        let room = if reads_itself(at) { 2.0 * LOOP } else { 0.0 };
                        let (across, along) = card.size(plot.rankdir);
                        (across + room, along)
                    }
                    Content::Opened(scene) => (scene.across + frame.0, scene.along + frame.1),
                };
                Node { width: across, height: along, pin: Pin::Free }
            })
            .collect();
        // How far right of a box's middle an edge enters or leaves it.
        let port = |at: usize, number: usize, entries: bool| match &contents[at] {
            Content::Card(_) => 0.0,
            Content::Opened(scene) => {
                let ports = if entries { &scene.entries } else { &scene.exits };
                let place = ports.get(number).or(ports.last());
                place.map_or(0.0, |place| before.0 + place - nodes[at].width / 2.0)
            }
        };
        let mut edges: Vec<Edge> = model
            .edges
            .iter()
            .map(|edge| Edge {
                from: edge.from,
                to: edge.to,
                leave: port(edge.from, edge.output, false),
                arrive: port(edge.to, edge.input, true),
            })
            .collect();
        // In a frame, edges enter and leave by points at its ends.
        let (first_entry, first_exit) = (nodes.len(), nodes.len() + model.inputs.len());
        let point = |pin: Pin| Node { width: 0.0, height: 0.0, pin };
        if depth > 0 {
            for (at, layer) in model.inputs.iter().enumerate() {
                edges.push(Edge {
                    from: first_entry + at,
                    to: *layer,
                    leave: 0.0,
                    arrive: port(*layer, 0, true),
                });
            }
            for (at, (layer, output)) in model.outputs.iter().enumerate() {
                let leave = port(*layer, *output, false);
                edges.push(Edge { from: *layer, to: first_exit + at, leave, arrive: 0.0 });
            }
            nodes.extend(std::iter::repeat_n(point(Pin::First), model.inputs.len()));
            nodes.extend(std::iter::repeat_n(point(Pin::Last), model.outputs.len()));
        }
        let layout = layered(&nodes, &edges);

        let mut scene = Scene { across: layout.width, along: layout.height, ..Scene::default() };
        let place = |at: &usize| layout.places[*at].0;
        if depth > 0 {
            scene.entries = (first_entry..first_exit).map(|at| place(&at)).collect();
            scene.exits = (first_exit..nodes.len()).map(|at| place(&at)).collect();
        }
        let is_card = |at: Option<usize>| {
            at.is_some_and(|at| contents.get(at).is_some_and(|content| matches!(content, Content::Card(_))))
        };
        for piece in &layout.pieces {
            let mut piece = *piece;
            // From the frame's border to the points, which stand where its content begins and ends.
            if piece.source.is_some_and(|at| at >= first_entry) {
                piece.from.1 -= before.1;
            }
            if piece.target.is_some_and(|at| at >= first_exit) {
                piece.to.1 += PADDING;
            }
            let head = !piece.backwards && is_card(piece.target);
            let tail = piece.backwards && is_card(piece.source);
            scene.pieces.push(Drawn { piece, head, tail });
        }
        for (at, content) in contents.into_iter().enumerate() {
            let (across, along) = layout.places[at];
            match content {
                Content::Card(card) => {
                    if reads_itself(at) {
                        scene.loops.push(scene.cards.len());
                    }
                    scene.cards.push(Placed { card, across, along });
                }
                Content::Opened(inner) => {
                    let node = nodes[at];
                    let start = (across - node.width / 2.0, along - node.height / 2.0);
                    scene.frames.push(Frame {
                        name: model.layers[at].name.clone(),
                        across: (start.0, start.0 + node.width),
                        along: (start.1, start.1 + node.height),
                        depth,
                    });
                    scene.adopt(inner, (start.0 + before.0, start.1 + before.1));
                }
            }
        }
        scene
    }

    /// Takes over what is in another scene.
    fn adopt(&mut self, inner: Scene, (across, along): (f64, f64)) {
        self.loops.extend(inner.loops.iter().map(|at| at + self.cards.len()));
        self.cards.extend(inner.cards.into_iter().map(|placed| Placed {
            across: placed.across + across,
            along: placed.along + along,
            ..placed
        }));
        self.frames.extend(inner.frames.into_iter().map(|frame| Frame {
            across: (frame.across.0 + across, frame.across.1 + across),
            along: (frame.along.0 + along, frame.along.1 + along),
            ..frame
        }));
        self.pieces.extend(inner.pieces.into_iter().map(|mut drawn| {
            let Piece { from, to, leaves, enters, .. } = &mut drawn.piece;
            *from = (from.0 + across, from.1 + along);
            *to = (to.0 + across, to.1 + along);
            (*leaves, *enters) = (*leaves + along, *enters + along);
            drawn
        }));
    }

    /// The picture of the scene.
    pub(super) fn draw(&self, name: &str, plot: &PlotModel) -> Picture {
        let flows_down = plot.rankdir == RankDir::TopBottom;
        let turn = move |(across, along): (f64, f64)| {
            let (x, y) = if flows_down { (across, along) } else { (along, across) };
            (x + MARGIN, y + MARGIN)
        };
        let end = turn((self.across, self.along));
        let mut picture = Picture::new(format!("Model {name}"), end.0 + MARGIN, end.1 + MARGIN);
        let mut frames: Vec<&Frame> = self.frames.iter().collect();
        frames.sort_by_key(|frame| frame.depth);
        for frame in &frames {
            let (start, end) = (turn((frame.across.0, frame.along.0)), turn((frame.across.1, frame.along.1)));
            let style = Style::fill(Color::Panel).outlined(Color::Border, 1.2).dashed();
            picture.rect(start, (end.0 - start.0, end.1 - start.1), 8.0, style);
        }
        let line = Style::stroke(Color::Muted, 1.5);
        for Drawn { piece, head, tail } in &self.pieces {
            // A head ends in a point, and a line would show beside it.
            let short = |has: bool| if has { 5.0 } else { 0.0 };
            let (from, to) = (piece.from, piece.to);
            let (begin, end) = ((from.0, from.1 + short(*tail)), (to.0, to.1 - short(*head)));
            let path = match from.0 == to.0 {
                true => Path::line(turn(begin), turn(end)),
                false => {
                    let middle = (piece.leaves + piece.enters) / 2.0;
                    let (bend, start) = (turn((from.0, piece.leaves)), turn(begin));
                    let path = Path::new().move_to(start.0, start.1).line_to(bend.0, bend.1);
                    let (a, b) = (turn((from.0, middle)), turn((to.0, middle)));
                    let (arrive, end) = (turn((to.0, piece.enters.min(end.1))), turn(end));
                    path.curve_to(a, b, arrive).line_to(end.0, end.1)
                }
            };
            picture.path(path, line);
            if *head {
                picture.path(arrow(to, 1.0, turn), Style::fill(Color::Muted));
            }
            if *tail {
                picture.path(arrow(from, -1.0, turn), Style::fill(Color::Muted));
            }
        }
        for frame in &frames {
            let (x, y) = turn((frame.across.0, frame.along.0));
            let font = Font::new(12.0, Color::Muted).bold();
            let wide = font::width(&frame.name, 12.0, Weight::Bold);
            // Edges enter behind the name.
            picture.rect((x + 8.0, y + 5.0), (wide + 8.0, 19.0), 3.0, Style::fill(Color::Panel));
            picture.text(x + 12.0, y + 18.5, &frame.name, font);
        }
        for placed in &self.cards {
            let (x, y) = turn((placed.across, placed.along));
            placed.card.draw(&mut picture, (x - placed.card.width / 2.0, y - placed.card.height / 2.0));
        }
        for at in &self.loops {
            let Placed { card, across, along } = &self.cards[*at];
            let edge = across + card.size(plot.rankdir).0 / 2.0;
            let (start, end) = ((edge, along - 9.0), (edge, along + 9.0));
            let (out, back) = ((edge + LOOP, along - 16.0), (edge + LOOP, along + 16.0));
            let (from, near) = (turn(start), turn((end.0 + 4.0, end.1)));
            picture.path(Path::new().move_to(from.0, from.1).curve_to(turn(out), turn(back), near), line);
            let tip = [end, (end.0 + 7.0, end.1 - 3.5), (end.0 + 7.0, end.1 + 3.5)];
            picture.path(Path::through(tip.map(turn)).close(), Style::fill(Color::Muted));
        }
        picture
    }

    /// The corners of all boxes, across and along.
    #[cfg(test)]
    fn boxes(&self, rankdir: RankDir) -> Vec<[f64; 4]> {
        let corners = |placed: &Placed| {
            let (across, along) = placed.card.size(rankdir);
            let (left, top) = (placed.across - across / 2.0, placed.along - along / 2.0);
            [left, top, left + across, top + along]
        };
        self.cards.iter().map(corners).collect()
    }
}

/// The head of an arrow that points along the flow, or against it, with its tip at a place.
fn arrow(tip: (f64, f64), direction: f64, turn: impl Fn((f64, f64)) -> (f64, f64)) -> Path {
    let back = tip.1 - 7.0 * direction;
    Path::through([tip, (tip.0 - 4.0, back), (tip.0 + 4.0, back)].map(turn)).close()
}

/// A layer's box.
#[derive(Debug, Clone)]
struct Card {
    name: String,
    class: String,
    rows: Vec<(&'static str, String, Color)>,
    color: Color,
    width: f64,
    height: f64,
    /// Where the values of rows begin.
    column: f64,
}

const HEAD: f64 = 28.0;
const ROW: f64 = 20.0;
const HEAD_TEXT: f64 = 13.0;
const ROW_TEXT: f64 = 12.0;
/// As wide as a name or a value gets.
const WIDEST: f64 = 260.0;

impl Card {
    fn new(layer: &OutlinedLayer, plot: &PlotModel) -> Self {
        let mut rows: Vec<(&'static str, String, Color)> = Vec::new();
        if let Some(activation) = layer.activation.as_ref().filter(|_| plot.show_layer_activations) {
            rows.push(("activation", activation.clone(), Color::Ink));
        }
        if plot.show_shapes {
            if !layer.is_input() {
                rows.push(("input", shapes(&layer.inputs), Color::Ink));
            }
            rows.push(("output", shapes(&layer.outputs), Color::Ink));
        }
        if plot.show_dtype {
            rows.push(("dtype", dtypes(layer), Color::Ink));
        }
        if let Some(trainable) = layer.trainable.filter(|_| plot.show_trainable) {
            let said = if trainable { ("yes", Color::Series(2)) } else { ("no", Color::Series(7)) };
            rows.push(("trainable", said.0.into(), said.1));
        }
        for (_, value, _) in &mut rows {
            *value = font::fit(value, ROW_TEXT, Weight::Regular, WIDEST);
        }
        let named = plot.show_layer_names.unwrap_or(false);
        let (name, class) = match named {
            true => (layer.name.as_str(), layer.class_name.as_str()),
            false => (layer.class_name.as_str(), ""),
        };
        let name = font::fit(name, HEAD_TEXT, Weight::Bold, WIDEST);
        let class = font::fit(class, HEAD_TEXT, Weight::Regular, WIDEST);
        let gap = if class.is_empty() { 0.0 } else { 8.0 };
        let head = font::width(&name, HEAD_TEXT, Weight::Bold)
            + gap
            + font::width(&class, HEAD_TEXT, Weight::Regular);
        let widest = |texts: &mut dyn Iterator<Item = &str>| {
            texts.map(|text| font::width(text, ROW_TEXT, Weight::Regular)).fold(0.0, f64::max)
        };
        let labels = widest(&mut rows.iter().map(|(label, ..)| *label));
        let values = widest(&mut rows.iter().map(|(_, value, _)| value.as_str()));
        let column = 12.0 + labels + 12.0;
        let body = if rows.is_empty() { 0.0 } else { column + values + 12.0 };
        Card {
            name,
            class,
            color: color(&layer.class_name),
            // Fonts differ: what is read may be drawn in a wider one than it was measured in.
            width: (head * 1.06 + 28.0).max(body * 1.03).max(96.0).ceil(),
            height: HEAD + if rows.is_empty() { 2.0 } else { ROW * rows.len() as f64 + 10.0 },
            rows,
            column,
        }
    }

    /// Its size across the flow and along it.
    fn size(&self, rankdir: RankDir) -> (f64, f64) {
        match rankdir {
            RankDir::TopBottom => (self.width, self.height),
            RankDir::LeftRight => (self.height, self.width),
        }
    }

    fn draw(&self, picture: &mut Picture, (x, y): (f64, f64)) {
        const RADIUS: f64 = 6.0;
        let head = if self.rows.is_empty() { self.height } else { HEAD };
        let size = (self.width, self.height);
        picture.rect((x, y), size, RADIUS, Style::fill(Color::Surface));
        match self.rows.is_empty() {
            true => picture.rect((x, y), (self.width, head), RADIUS, Style::fill(self.color)),
            false => {
                let (right, bottom) = (x + self.width, y + head);
                let round = Path::new()
                    .move_to(x, bottom)
                    .line_to(x, y + RADIUS)
                    .curve_to((x, y + RADIUS / 2.0), (x + RADIUS / 2.0, y), (x + RADIUS, y))
                    .line_to(right - RADIUS, y)
                    .curve_to((right - RADIUS / 2.0, y), (right, y + RADIUS / 2.0), (right, y + RADIUS))
                    .line_to(right, bottom)
                    .close();
                picture.path(round, Style::fill(self.color));
            }
        }
        picture.rect((x, y), size, RADIUS, Style::stroke(self.color, 1.2));
        let on = Font::new(HEAD_TEXT, Color::OnSeries);
        let middle = y + head / 2.0 + 4.6;
        if self.class.is_empty() {
            picture.text(x + self.width / 2.0, middle, &self.name, on.bold().anchor(Anchor::Middle));
        } else {
            picture.text(x + 12.0, middle, &self.name, on.bold());
            let faint = Font { ink: Ink::new(Color::OnSeries, 0.85), ..on };
            picture.text(x + self.width - 12.0, middle, &self.class, faint.anchor(Anchor::End));
        }
        for (at, (label, value, ink)) in self.rows.iter().enumerate() {
            let y = y + HEAD + 19.0 + at as f64 * ROW;
            picture.text(x + 12.0, y, *label, Font::new(ROW_TEXT, Color::Muted));
            picture.text(x + self.column, y, value, Font::new(ROW_TEXT, *ink));
        }
    }
}

/// Layers of a kind have one colour. The first of these words that a class's name has tells the kind.
fn color(class: &str) -> Color {
    const KINDS: &[(&str, Color)] = &[
        ("Input", Color::Muted),
        ("Functional", Color::Ink),
        ("Sequential", Color::Ink),
        ("Normalization", Color::Series(2)),
        ("Attention", Color::Series(3)),
        ("LSTM", Color::Series(4)),
        ("GRU", Color::Series(4)),
        ("RNN", Color::Series(4)),
        ("Bidirectional", Color::Series(4)),
        ("TimeDistributed", Color::Series(4)),
        ("Pool", Color::Series(5)),
        ("Conv", Color::Series(1)),
        ("Dropout", Color::Series(7)),
        ("Noise", Color::Series(7)),
        ("Dense", Color::Series(0)),
        ("Embedding", Color::Series(0)),
    ];
    KINDS.iter().find(|(word, _)| class.contains(word)).map_or(Color::Series(6), |(_, color)| *color)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shape;
    use crate::models::Edge as Flow;

    /// A model of layers that read some of those before them, some of which are models.
    fn model(seed: usize, depth: usize) -> Outline {
        let dice = |at: usize| seed.wrapping_mul(7919).wrapping_add(at * at * 31 + at * 17) >> 3;
        let count = 2 + dice(1) % 6;
        let layer = |at: usize| OutlinedLayer {
            name: format!("layer_{}", "x".repeat(dice(at) % 30)),
            class_name: ["Dense", "Conv2D", "Add"][dice(at) % 3].into(),
            activation: (dice(at) % 2 == 0).then(|| "relu".into()),
            inputs: if at == 0 { vec![] } else { vec![Shape::from([None, Some(4)])] },
            outputs: vec![Shape::from([None, Some(4)])],
            dtype: "float32",
            trainable: Some(true),
            inner: (depth < 2 && at > 0 && dice(at) % 3 == 0).then(|| model(seed + at + 1, depth + 1)),
        };
        let edges = (1..count).flat_map(|to| {
            let reads = [dice(to) % to, dice(to * 5) % to];
            reads.into_iter().enumerate().map(move |(input, from)| Flow { from, output: input, to, input })
        });
        Outline {
            layers: (0..count).map(layer).collect(),
            edges: edges.collect(),
            inputs: vec![0],
            outputs: vec![(count - 1, 0), (count / 2, 0)],
        }
    }

    #[test]
    fn no_box_lies_on_another_however_models_are_nested() {
        let all =
            PlotModel::new().show_shapes(true).show_layer_names(true).show_dtype(true).expand_nested(true);
        for seed in 0..60 {
            for rankdir in [RankDir::TopBottom, RankDir::LeftRight] {
                let outline = model(seed, 0);
                let plot = all.clone().rankdir(rankdir);
                let scene = Scene::of(&outline, &plot);
                let boxes = scene.boxes(rankdir);
                for (at, a) in boxes.iter().enumerate() {
                    assert!(
                        a[0] >= -1e-6
                            && a[1] >= -1e-6
                            && a[2] <= scene.across + 1e-6
                            && a[3] <= scene.along + 1e-6
                    );
                    for b in &boxes[..at] {
                        let apart = a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];
                        assert!(apart, "{a:?} lies on {b:?} in {seed}");
                    }
                }
                assert_eq!(scene.draw("random", &plot), Scene::of(&outline, &plot).draw("random", &plot));
            }
        }
    }
}
