//! `cornu predict`.

use cornu::{Predict, Tensor, data};

use crate::{Folder, line_model};

#[test]
fn predictions_come_back_as_y() {
    let folder = Folder::new();
    let x = Tensor::from([[-1.0f32], [0.0], [4.0]]);
    line_model().save(folder.path("line.keras")).unwrap();
    folder.npz("x.npz", [("x", x.clone())]);
    let name = &line_model().input_names().unwrap()[0];
    folder.npz("named.npz", [(&format!("x_{name}"), x.clone())]);
    let wanted = line_model().predict(&x, Predict::new()).unwrap();
    for input in ["x.npz", "named.npz"] {
        assert_eq!(
            folder.done(&format!("predict line.keras --data {input} --output y.npz --batch-size 2")),
            ""
        );
        let file = data::load_npz(folder.path("y.npz")).unwrap();
        assert_eq!((file.len(), file.get("y").unwrap()), (1, &wanted));
    }
}
