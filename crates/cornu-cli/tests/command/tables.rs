//! `cornu fit`, `predict` and `evaluate` on tables.

use std::fmt::Write;

use serde_json::Value;

use crate::Folder;

/// Houses whose price follows from their rooms and place, with gaps; a number of the row and a constant beside.
fn houses(folder: &Folder, name: &str, from: usize, rows: usize) {
    let mut text = String::from("id,rooms,place,country,price\n");
    for row in from..from + rows {
        let (rooms, place) = (1 + row * 7 % 6, ["sea", "town", "hill"][row * 5 % 3]);
        let price = 100_000 + 25_000 * rooms + if place == "sea" { 80_000 } else { 0 };
        let rooms = if row % 17 == 3 { String::new() } else { rooms.to_string() };
        let place = if row % 23 == 4 { "" } else { place };
        writeln!(text, "{row},{rooms},{place},here,{price}.5").unwrap();
    }
    std::fs::write(folder.path(name), text).unwrap();
}

/// Passengers who live if a word in their name says so.
fn passengers(folder: &Folder, name: &str, rows: usize) {
    let mut text = String::from("Name,Age,Cabin,Alive\n");
    for row in 0..rows {
        let title = ["Mr.", "Mrs."][row * 3 % 2];
        let cabin = if row % 3 == 0 { format!("C{row}") } else { String::new() };
        let alive = if row % 2 == 1 { "yes" } else { "no" };
        writeln!(text, "\"Person{row}, {title} Name{row}\",{},{cabin},{alive}", 20 + row * 11 % 50).unwrap();
    }
    std::fs::write(folder.path(name), text).unwrap();
}

fn csv(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}

#[test]
fn numbers_are_learned_from_tables_with_gaps() {
    let folder = Folder::new();
    houses(&folder, "houses.csv", 0, 240);
    let fit = "fit --csv houses.csv --target price --seed 3 --epochs 60 --verbose 0 --output";
    let run = folder.cornu(&format!("{fit} a.keras --history h.json"));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    note: `id` is left out: it numbers the rows
    note: `country` is left out: all rows have the same
    ");
    let r2: f64 = run.stdout.strip_prefix("test - R²: ").unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(r2 > 0.8, "{}", run.stdout);
    // Columns go by name, in any order; what is new or missing is no harm.
    std::fs::write(folder.path("new.csv"), "place,extra,rooms\nsea,1,2\ntown,1,\nmoon,1,2\n").unwrap();
    folder.done("predict a.keras --csv new.csv --output out.csv");
    let out = folder.read("out.csv");
    let prices: Vec<f64> = csv(&out)[1..].iter().map(|row| row[0].parse().unwrap()).collect();
    assert_eq!((csv(&out)[0].as_slice(), prices.len()), (&["price"][..], 3));
    assert!((prices[0] - 230_000.0).abs() < 40_000.0 && prices[0] > prices[2], "{prices:?}");
    let json: Value = serde_json::from_str(&folder.done("evaluate a.keras --csv houses.csv --json")).unwrap();
    assert!(json["r2"].as_f64().unwrap() > 0.8, "{json}");
    // The same seed, the same bits.
    folder.cornu(&format!("{fit} b.keras"));
    assert_eq!(folder.weights("a.keras"), folder.weights("b.keras"));
}

#[test]
fn classes_are_learned_from_words_and_answered_by_name() {
    let folder = Folder::new();
    passengers(&folder, "p.csv", 120);
    let run =
        folder.cornu("fit --csv p.csv --target Alive --seed 1 --epochs 60 --verbose 0 --output p.keras");
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("note: `Name` is taken for a text"), "{}", run.stderr);
    assert!(run.stderr.contains("`Cabin` is left out but for whether it is missing"), "{}", run.stderr);
    let accuracy: f64 = run.stdout.lines().next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(accuracy > 0.9, "{}", run.stdout);
    assert!(run.stdout.contains("weighted avg"), "{}", run.stdout);
    std::fs::write(folder.path("new.csv"), "Name,Age,Cabin\n\"X, Mrs. Y\",30,\n\"X, Mr. Y\",,C1\n").unwrap();
    folder.done("predict p.keras --csv new.csv --output out.csv");
    let out = folder.read("out.csv");
    assert_eq!(csv(&out)[0], ["Alive", "probability_no", "probability_yes"]);
    assert_eq!([csv(&out)[1][0], csv(&out)[2][0]], ["yes", "no"]);
    let text = folder.done("evaluate p.keras --csv p.csv");
    assert!(text.starts_with("accuracy: ") && text.contains("macro avg"), "{text}");
    // The preprocessing stays in the file through other commands.
    folder.done("convert p.keras q.keras");
    folder.done("predict q.keras --csv new.csv --output again.csv");
    assert_eq!(folder.read("again.csv"), out);
}

#[test]
fn what_does_not_fit_is_said() {
    let folder = Folder::with_line();
    houses(&folder, "houses.csv", 0, 60);
    folder.cornu("fit --csv houses.csv --target price --epochs 1 --verbose 0 --output h.keras");
    std::fs::write(folder.path("less.csv"), "rooms,price\n1,2\n").unwrap();
    std::fs::write(folder.path("words.csv"), "rooms,place\nmany,sea\n").unwrap();
    std::fs::write(folder.path("ragged.csv"), "a,b\n1,2\n1\n").unwrap();
    std::fs::write(folder.path("one.csv"), format!("a,b\n{}", "1.5,x\n".repeat(20))).unwrap();
    let commands = [
        "fit --csv houses.csv",
        "fit --csv houses.csv --target prise",
        "fit --csv houses.csv --target price --features rooms,price",
        "fit --csv houses.csv --target price --features romms",
        "fit --csv houses.csv --target place --task regression",
        "fit line.keras --csv houses.csv --target price",
        "fit --csv houses.csv --target price --validation-split 0.5",
        "fit --csv ragged.csv --target a",
        "fit --csv one.csv --target b",
        "fit --dataset iris --target price",
        "predict h.keras --csv less.csv --output o.csv",
        "predict h.keras --csv words.csv --output o.csv",
        "predict h.keras --csv houses.csv --output o.npz",
        "predict line.keras --csv houses.csv --output o.csv",
        "evaluate h.keras --csv words.csv",
    ];
    let said = commands.map(|words| {
        let run = folder.cornu(words);
        format!("$ cornu {words}\n{}[exit status {}]\n", run.stderr, run.code.unwrap())
    });
    insta::assert_snapshot!(said.join("\n"));
}
