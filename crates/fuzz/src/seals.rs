//! Seals: only the device's own signature over the very same content counts.

use liandu_core::id::{ChangeHash, DeploymentId, RecordId};
use liandu_core::seal::Seal;

use crate::world::{DEPLOYMENT, RECORD, actor, key};

/// Any bytes as a seal never hold; a right seal of which these bytes change a part holds no more.
pub fn seals(bytes: &[u8]) {
    let public = key(1).public();
    if let Ok(seal) = minicbor::decode::<Seal>(bytes) {
        let again = minicbor::to_vec(&seal).expect("memory");
        assert_eq!(minicbor::decode::<Seal>(&again).ok().as_ref(), Some(&seal));
        // Keys are made of one repeated byte, so this says only that it does not fail.
        let _ = seal.verify(&public, &DEPLOYMENT, &RECORD);
    }
    let (seq, hash) = (
        1 + bytes.len() as u64,
        ChangeHash([bytes.first().copied().unwrap_or(0); 32]),
    );
    let right = Seal::sign(&key(1), &DEPLOYMENT, &RECORD, actor(1), seq, hash);
    assert!(right.verify(&public, &DEPLOYMENT, &RECORD).is_ok());
    let elsewhere = [
        right.verify(&key(2).public(), &DEPLOYMENT, &RECORD),
        right.verify(&public, &DeploymentId([1; 16]), &RECORD),
        right.verify(&public, &DEPLOYMENT, &RecordId([1; 16])),
    ];
    assert!(
        elsewhere.iter().all(Result::is_err),
        "it is good nowhere else"
    );
    let mut changed = minicbor::to_vec(&right).expect("memory");
    for (byte, by) in changed.iter_mut().zip(bytes) {
        *byte ^= by;
    }
    if let Ok(changed) = minicbor::decode::<Seal>(&changed)
        && changed != right
    {
        let verified = changed.verify(&public, &DEPLOYMENT, &RECORD);
        assert!(verified.is_err(), "a changed seal holds: {changed:?}");
    }
}
