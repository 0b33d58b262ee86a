//! Layered layout: boxes in ranks, each below all it follows from.
//!
//! The method is Sugiyama's: ranks by the longest way, points on long edges in each rank they pass, an order within ranks
//! that swaps neighbours' means until edges cross little, and places that keep that order. Ranks are bands that no other
//! rank's box reaches, and within a rank boxes keep their distance: boxes never overlap, and edges never run through one.
//!
//! Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures", 1981.

use std::collections::{HashMap, HashSet};

/// A box to be placed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) pin: Pin,
}

/// An edge, and how far right of the middles of its boxes it leaves the one and arrives at the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) leave: f64,
    pub(super) arrive: f64,
}

/// Whether a box must stand at an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pin {
    Free,
    First,
    Last,
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of each box.
    pub(super) places: Vec<(f64, f64)>,
    /// Pieces of edges, from rank to rank.
    pub(super) pieces: Vec<Piece>,
}

/// A piece of an edge: straight down to the end of a rank's band, a bend to the next band, straight down again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Piece {
    pub(super) from: (f64, f64),
    /// Where the band it leaves ends.
    pub(super) leaves: f64,
    /// Where the band it enters begins.
    pub(super) enters: f64,
    pub(super) to: (f64, f64),
    /// The box it comes from, if it begins at one.
    pub(super) source: Option<usize>,
    /// The box it ends at, if it does.
    pub(super) target: Option<usize>,
    /// Whether the edge runs against the ranks, from `to` to `from`.
    pub(super) backwards: bool,
}

/// Room between boxes of a rank, between an edge and its neighbour, and between ranks.
const NODE_GAP: f64 = 28.0;
const EDGE_GAP: f64 = 16.0;
const RANK_GAP: f64 = 38.0;

/// A box or a point on an edge, in a rank.
#[derive(Debug, Clone, Copy)]
struct Item {
    /// The box, if it is one.
    node: Option<usize>,
    width: f64,
    height: f64,
}

/// A link between items of neighbouring ranks, with how far right of their middles it begins and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Link {
    upper: usize,
    lower: usize,
    begin: f64,
    end: f64,
    backwards: bool,
}

/// An edge along the ranks.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Forward {
    edge: Edge,
    /// Whether it was against them and is turned round.
    turned: bool,
}

/// Places boxes and edges between them; an edge from a box to itself is left out, for it needs no place.
pub(super) fn layered(nodes: &[Node], edges: &[Edge]) -> Layout {
    let edges: Vec<Edge> = edges.iter().copied().filter(|edge| edge.from != edge.to).collect();
    let forward = without_cycles(nodes.len(), &edges);
    let ranks = ranked(nodes, &forward);
    let mut grid = Grid::new(nodes, &forward, &ranks);
    grid.order();
    let x = grid.places();
    grid.layout(nodes, &x)
}

/// The edges, turned round where they would close a cycle.
fn without_cycles(count: usize, edges: &[Edge]) -> Vec<Forward> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut leaving: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, edge) in edges.iter().enumerate() {
        leaving[edge.from].push(at);
    }
    let mut state = vec![State::New; count];
    let mut turned = vec![false; edges.len()];
    // A stack of our own: models may be deeper than the thread's.
    for start in 0..count {
        if state[start] != State::New {
            continue;
        }
        state[start] = State::Open;
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.last_mut() {
            let Some(edge) = leaving[*node].get(*next).copied() else {
                state[*node] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            let to = edges[edge].to;
            match state[to] {
                State::Open => turned[edge] = true,
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
                State::Done => {}
            }
        }
    }
    let turn = |(edge, turned): (&Edge, bool)| match turned {
        true => Forward { edge: Edge { from: edge.to, to: edge.from, leave: 0.0, arrive: 0.0 }, turned },
        false => Forward { edge: *edge, turned },
    };
    edges.iter().zip(turned).map(turn).collect()
}

/// The rank of each box: one more than the largest of those it follows from, and later where it has more edges out
/// than in, so that edges are short.
fn ranked(nodes: &[Node], edges: &[Forward]) -> Vec<usize> {
    let count = nodes.len();
    let (mut after, mut before) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for Forward { edge: Edge { from, to, .. }, .. } in edges {
        after[*from].push(*to);
        before[*to].push(*from);
    }
    // Each box after all it follows from.
    let mut missing: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..count).filter(|node| missing[*node] == 0).collect();
    let mut rank = vec![0; count];
    let mut at = 0;
    while let Some(node) = order.get(at).copied() {
        for next in &after[node] {
            rank[*next] = rank[*next].max(rank[node] + 1);
            missing[*next] -= 1;
            if missing[*next] == 0 {
                order.push(*next);
            }
        }
        at += 1;
    }
    for node in order.iter().rev() {
        let latest = after[*node].iter().map(|next| rank[*next] - 1).min();
        if let Some(latest) = latest
            && nodes[*node].pin == Pin::Free
            && before[*node].len() < after[*node].len()
        {
            rank[*node] = latest.max(rank[*node]);
        }
    }
    let free = (0..count).filter(|node| nodes[*node].pin != Pin::Last).map(|node| rank[node]).max();
    let last = free.map_or(0, |rank| rank + 1);
    (0..count).filter(|node| nodes[*node].pin == Pin::Last).for_each(|node| rank[node] = last);
    rank
}

/// Items in ranks with links between neighbouring ranks.
struct Grid {
    items: Vec<Item>,
    /// The items of each rank, from left to right.
    ranks: Vec<Vec<usize>>,
    links: Vec<Link>,
    /// The numbers of the links above and below each item.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
}

impl Grid {
    fn new(nodes: &[Node], edges: &[Forward], rank: &[usize]) -> Self {
        let mut items: Vec<Item> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| Item { node: Some(at), width: node.width, height: node.height })
            .collect();
        let mut ranks = vec![Vec::new(); rank.iter().max().map_or(0, |last| last + 1)];
        for (node, rank) in rank.iter().enumerate() {
            ranks[*rank].push(node);
        }
        let mut links: Vec<Link> = Vec::new();
        let mut known: HashSet<(usize, usize, [u64; 2])> = HashSet::new();
        // Long edges from one place share their points, or a box that all later ones read would need a great many.
        let mut points: HashMap<(usize, u64, usize, bool), usize> = HashMap::new();
        for Forward { edge, turned } in edges {
            // An edge against the ranks shares with those that go where it goes, which is above.
            let mut upper = edge.from;
            let (first, last) = (rank[edge.from] + 1, rank[edge.to]);
            for (at, row) in ranks.iter_mut().enumerate().take(last + 1).skip(first) {
                let arrives = at == last;
                let lower = match arrives {
                    true => edge.to,
                    false => {
                        *points.entry((edge.from, edge.leave.to_bits(), at, *turned)).or_insert_with(|| {
                            items.push(Item { node: None, width: 0.0, height: 0.0 });
                            row.push(items.len() - 1);
                            items.len() - 1
                        })
                    }
                };
                let begin = if upper == edge.from { edge.leave } else { 0.0 };
                let end = if arrives { edge.arrive } else { 0.0 };
                if known.insert((upper, lower, [begin.to_bits(), end.to_bits()])) {
                    links.push(Link { upper, lower, begin, end, backwards: *turned });
                }
                upper = lower;
            }
        }
        let (mut above, mut below) = (vec![Vec::new(); items.len()], vec![Vec::new(); items.len()]);
        for (at, link) in links.iter().enumerate() {
            below[link.upper].push(at);
            above[link.lower].push(at);
        }
        Grid { items, ranks, links, above, below }
    }

    /// The items linked to one, above or below it, and where at them the links end: from -½ at their left to ½ at their
    /// right.
    fn ends(&self, item: usize, upwards: bool) -> impl Iterator<Item = (usize, f64)> {
        let links = if upwards { &self.above[item] } else { &self.below[item] };
        links.iter().map(move |link| {
            let Link { upper, lower, begin, end, .. } = self.links[*link];
            let (other, offset) = if upwards { (upper, begin) } else { (lower, end) };
            (other, offset / self.items[other].width.max(1.0))
        })
    }

    /// Orders each rank so that few links cross: by the means of neighbours, down and up, as long as it helps.
    fn order(&mut self) {
        const SWEEPS: usize = 16;
        let mut best = (self.crossings(), self.ranks.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            let upwards = sweep % 2 == 0;
            let position = |ranks: &[Vec<usize>], count: usize| {
                let mut position = vec![0.0; count];
                for rank in ranks {
                    rank.iter().enumerate().for_each(|(at, item)| position[*item] = at as f64);
                }
                position
            };
            let ranks = 0..self.ranks.len();
            let ranks: Vec<usize> = if upwards { ranks.collect() } else { ranks.rev().collect() };
            for rank in ranks {
                let now = position(&self.ranks, self.items.len());
                let mean = |item: &usize| {
                    let places: Vec<f64> =
                        self.ends(*item, upwards).map(|(other, end)| now[other] + end).collect();
                    match places.len() {
                        0 => now[*item],
                        count => places.iter().sum::<f64>() / count as f64,
                    }
                };
                let mut ordered: Vec<(f64, usize)> =
                    self.ranks[rank].iter().map(|item| (mean(item), *item)).collect();
                ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.ranks[rank] = ordered.into_iter().map(|(_, item)| item).collect();
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.ranks.clone());
            }
        }
        self.ranks = best.1;
    }

    /// How many pairs of links cross.
    fn crossings(&self) -> usize {
        let mut position = vec![0; self.items.len()];
        for rank in &self.ranks {
            rank.iter().enumerate().for_each(|(at, item)| position[*item] = at);
        }
        let between = |rank: &Vec<usize>| {
            let mut ends: Vec<usize> = Vec::new();
            for item in rank {
                let mut links: Vec<&Link> = self.below[*item].iter().map(|link| &self.links[*link]).collect();
                links.sort_by(|a, b| {
                    a.begin.total_cmp(&b.begin).then(position[a.lower].cmp(&position[b.lower]))
                });
                ends.extend(links.iter().map(|link| position[link.lower]));
            }
            inversions(&ends)
        };
        self.ranks.iter().map(between).sum()
    }

    /// The x of each item. Down and up again each rank moves towards its neighbours' places, keeping order and distances.
    fn places(&self) -> Vec<f64> {
        const SWEEPS: usize = 24;
        let mut x = vec![0.0; self.items.len()];
        for rank in &self.ranks {
            let offsets = self.offsets(rank);
            rank.iter().zip(offsets).for_each(|(item, offset)| x[*item] = offset);
        }
        for sweep in 0..SWEEPS {
            let upwards = sweep % 2 == 0;
            let ranks = 0..self.ranks.len();
            let ranks: Vec<usize> = if upwards { ranks.collect() } else { ranks.rev().collect() };
            for rank in ranks {
                let rank = &self.ranks[rank];
                let wanted: Vec<(f64, f64)> =
                    rank.iter().map(|item| self.wanted(*item, upwards, &x)).collect();
                for (item, place) in rank.iter().zip(fitted(&wanted, &self.offsets(rank))) {
                    x[*item] = place;
                }
            }
        }
        let left =
            (0..x.len()).map(|item| x[item] - self.items[item].width / 2.0).fold(f64::INFINITY, f64::min);
        x.iter_mut().for_each(|x| *x -= left);
        x
    }

    /// Where an item would like to be, and how much: at the weighted median of its neighbours, so that a straight line of
    /// boxes stays straight whatever joins it, and long edges stay straight before all.
    fn wanted(&self, item: usize, upwards: bool, x: &[f64]) -> (f64, f64) {
        let is_point = |item: usize| self.items[item].node.is_none();
        let weight = |other: usize| match (is_point(item), is_point(other)) {
            (true, true) => 8.0,
            (false, false) => 4.0,
            _ => 1.0,
        };
        let links = if upwards { &self.above[item] } else { &self.below[item] };
        let mut places: Vec<(f64, f64)> = links
            .iter()
            .map(|link| {
                let Link { upper, lower, begin, end, .. } = self.links[*link];
                match upwards {
                    true => (x[upper] + begin - end, weight(upper)),
                    false => (x[lower] + end - begin, weight(lower)),
                }
            })
            .collect();
        if places.is_empty() {
            return (x[item], 1e-7);
        }
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: f64 = places.iter().map(|(_, weight)| weight).sum();
        // Points make way for boxes, and not the other way round.
        let strength = if is_point(item) { 1e-6 } else { 1.0 };
        (median(&places, total), total * strength)
    }

    /// How far right of the first item of a rank each is at least.
    fn offsets(&self, rank: &[usize]) -> Vec<f64> {
        let mut at = 0.0;
        let mut last: Option<Item> = None;
        let offset = |item: &usize| {
            let item = self.items[*item];
            if let Some(before) = last.replace(item) {
                let gap = if item.node.is_some() && before.node.is_some() { NODE_GAP } else { EDGE_GAP };
                at += (before.width + item.width) / 2.0 + gap;
            }
            at
        };
        rank.iter().map(offset).collect()
    }

    fn layout(&self, nodes: &[Node], x: &[f64]) -> Layout {
        // The band of each rank, and of each item the rank it is in.
        let mut bands: Vec<(f64, f64)> = Vec::new();
        let mut rank_of = vec![0; self.items.len()];
        let mut y = 0.0;
        for (at, rank) in self.ranks.iter().enumerate() {
            let height = rank.iter().map(|item| self.items[*item].height).fold(0.0, f64::max);
            bands.push((y, y + height));
            y += height + RANK_GAP;
            rank.iter().for_each(|item| rank_of[*item] = at);
        }
        let middle = |item: usize| {
            let (top, bottom) = bands[rank_of[item]];
            (top + bottom) / 2.0
        };
        let mut pieces: Vec<Piece> = Vec::new();
        for link in &self.links {
            let (upper, lower) = (self.items[link.upper], self.items[link.lower]);
            // A point's line begins and ends with its band, so that pieces meet.
            let (leaves, enters) = (bands[rank_of[link.upper]].1, bands[rank_of[link.lower]].0);
            let begin = if upper.node.is_some() { middle(link.upper) + upper.height / 2.0 } else { leaves };
            let end = match lower.node {
                Some(_) => middle(link.lower) - lower.height / 2.0,
                None => bands[rank_of[link.lower]].1,
            };
            pieces.push(Piece {
                from: (x[link.upper] + link.begin, begin),
                leaves,
                enters,
                to: (x[link.lower] + link.end, end),
                source: upper.node,
                target: lower.node,
                backwards: link.backwards,
            });
        }
        let right = (0..x.len()).map(|item| x[item] + self.items[item].width / 2.0).fold(0.0, f64::max);
        Layout {
            width: right,
            height: (y - RANK_GAP).max(0.0),
            places: (0..nodes.len()).map(|node| (x[node], middle(node))).collect(),
            pieces,
        }
    }
}

/// The weighted median of places in order; the middle between two where both halves weigh the same.
fn median(places: &[(f64, f64)], total: f64) -> f64 {
    let mut passed = 0.0;
    for (at, (place, weight)) in places.iter().enumerate() {
        passed += weight;
        if passed * 2.0 > total {
            return *place;
        }
        if passed * 2.0 == total {
            return places.get(at + 1).map_or(*place, |(next, _)| (place + next) / 2.0);
        }
    }
    places.last().map_or(0.0, |(place, _)| *place)
}

/// The places nearest to those wanted (of each the place and its weight), each at least as far from the one before it
/// as its offset says: isotonic regression, by pooling neighbours that want to pass each other.
fn fitted(wanted: &[(f64, f64)], offsets: &[f64]) -> Vec<f64> {
    /// Neighbours that move together: their mean, its weight, their number.
    struct Pool(f64, f64, usize);
    let mut pools: Vec<Pool> = Vec::new();
    for ((place, weight), offset) in wanted.iter().zip(offsets) {
        let mut pool = Pool(place - offset, *weight, 1);
        while let Some(before) = pools.pop_if(|before| before.0 > pool.0) {
            let weight = before.1 + pool.1;
            pool = Pool((before.0 * before.1 + pool.0 * pool.1) / weight, weight, before.2 + pool.2);
        }
        pools.push(pool);
    }
    let starts = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.0, pool.2));
    starts.zip(offsets).map(|(start, offset)| start + offset).collect()
}

/// How many pairs are out of order.
fn inversions(values: &[usize]) -> usize {
    // Of each prefix a tree of sums (Fenwick's) tells how many were larger.
    let mut tree = vec![0usize; values.iter().max().map_or(0, |largest| largest + 2)];
    let mut found = 0;
    for (seen, value) in values.iter().enumerate() {
        let (mut not_larger, mut at) = (0, value + 1);
        while at > 0 {
            not_larger += tree[at];
            at &= at - 1;
        }
        found += seen - not_larger;
        at = value + 1;
        while at < tree.len() {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that are the same in each run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % limit
        }
    }

    fn edge(from: usize, to: usize) -> Edge {
        Edge { from, to, leave: 0.0, arrive: 0.0 }
    }

    fn node(width: f64, height: f64) -> Node {
        Node { width, height, pin: Pin::Free }
    }

    /// Left, top, right, bottom of each box.
    fn boxes(nodes: &[Node], layout: &Layout) -> Vec<[f64; 4]> {
        let corners = |(node, (x, y)): (&Node, &(f64, f64))| {
            [x - node.width / 2.0, y - node.height / 2.0, x + node.width / 2.0, y + node.height / 2.0]
        };
        nodes.iter().zip(&layout.places).map(corners).collect()
    }

    fn check(nodes: &[Node], edges: &[Edge]) {
        let layout = layered(nodes, edges);
        let boxes = boxes(nodes, &layout);
        let close = 1e-6;
        for (at, a) in boxes.iter().enumerate() {
            assert!(a[0] > -close && a[1] > -close, "{a:?}");
            assert!(a[2] < layout.width + close && a[3] < layout.height + close, "{a:?} {layout:?}");
            for b in &boxes[..at] {
                let apart = a[0] >= b[2] - close
                    || b[0] >= a[2] - close
                    || a[1] >= b[3] - close
                    || b[1] >= a[3] - close;
                assert!(apart, "{a:?} lies on {b:?} of {nodes:?} {edges:?}");
            }
        }
        for piece in &layout.pieces {
            // Bends are between bands, where no box is; what is straight must miss all boxes but those it joins.
            assert!(
                piece.from.1 <= piece.leaves + close
                    && piece.leaves < piece.enters
                    && piece.enters <= piece.to.1 + close
            );
            for (at, [left, top, right, bottom]) in boxes.iter().enumerate() {
                let hits = |x: f64, from: f64, to: f64| {
                    x > left + close && x < right - close && from < bottom - close && to > top + close
                };
                let joined = piece.source == Some(at) || piece.target == Some(at);
                let hit = hits(piece.from.0, piece.from.1, piece.leaves)
                    || hits(piece.to.0, piece.enters, piece.to.1);
                assert!(joined || !hit, "{piece:?} runs through {at}");
            }
        }
        assert_eq!(layout, layered(nodes, edges));
    }

    #[test]
    fn boxes_never_lie_on_each_other_nor_edges_on_boxes() {
        for seed in 0..300 {
            let mut dice = Dice(seed);
            let count = 1 + dice.below(24);
            let nodes: Vec<Node> = (0..count)
                .map(|_| node(20.0 + dice.below(200) as f64, 10.0 + dice.below(90) as f64))
                .collect();
            // Every third graph has cycles and edges from a box to itself.
            let edges: Vec<Edge> = (0..dice.below(3 * count))
                .map(|_| (dice.below(count), dice.below(count)))
                .filter(|(from, to)| seed % 3 == 0 || from < to)
                .map(|(from, to)| edge(from, to))
                .collect();
            check(&nodes, &edges);
        }
        check(&[], &[]);
    }

    #[test]
    fn a_chain_is_straight_and_so_is_a_residual_trunk() {
        let nodes = vec![node(100.0, 30.0); 6];
        let mut edges: Vec<Edge> = (0..5).map(|at| edge(at, at + 1)).collect();
        let x = |edges: &[Edge]| layered(&nodes, edges).places.iter().map(|(x, _)| *x).collect::<Vec<_>>();
        assert_eq!(x(&edges), [50.0; 6]);
        edges.extend([edge(0, 3), edge(3, 5)]);
        let places = x(&edges);
        assert!(places.iter().all(|place| (place - places[0]).abs() < 0.01), "{places:?}");
    }

    #[test]
    fn great_graphs_are_laid_out() {
        // Each box is read by all later ones.
        let nodes = vec![node(100.0, 30.0); 100];
        let edges: Vec<Edge> =
            (0..100).flat_map(|from| (from + 1..100).map(move |to| edge(from, to))).collect();
        let layout = layered(&nodes, &edges);
        assert!(layout.pieces.len() < 10_100, "{}", layout.pieces.len());
        let chain: Vec<Edge> = (0..4999).map(|at| edge(at, at + 1)).collect();
        assert_eq!(layered(&vec![node(10.0, 10.0); 5000], &chain).width, 10.0);
    }

    #[test]
    fn crossings_are_undone() {
        // Two chains whose second boxes come in the wrong order.
        let nodes = vec![node(50.0, 20.0); 4];
        let places = layered(&nodes, &[edge(0, 3), edge(1, 2)]).places;
        assert_eq!((places[0].0, places[1].0), (places[3].0, places[2].0));
        assert_eq!(inversions(&[3, 1, 2, 0]), 5);
        assert_eq!(fitted(&[(5.0, 1.0), (0.0, 1.0)], &[0.0, 10.0]), [-2.5, 7.5]);
    }
}
