//! Signatures: each vouches for exactly one thing.

use liandu_core::id::{Actor, ChangeHash, DeploymentId, DeviceId, RecordId};
use liandu_core::seal::{
    EnrolProof, HelloProof, PREFIXES, PublicKey, Seal, SignatureError, sign_receipts,
    sign_statement, verify_receipts, verify_statement,
};

use super::samples::{
    DEPLOYMENT, DEVICE, NONCE, authority_key, certificate, device_key, person, record, seal,
    server_key,
};

#[test]
fn seal_vouches_for_its_actor_number_hash_record_and_deployment_only() {
    let good = seal(1, 7);
    let key = device_key().public();
    assert_eq!(good.verify(&key, &DEPLOYMENT, &record(1)), Ok(()));
    let refused = |seal: &Seal, key: &PublicKey, deployment: DeploymentId, record: RecordId| {
        assert_eq!(
            seal.verify(key, &deployment, &record),
            Err(SignatureError::Mismatch)
        );
    };
    refused(&good, &server_key().public(), DEPLOYMENT, record(1));
    refused(&good, &key, DeploymentId([0; 16]), record(1));
    refused(&good, &key, DEPLOYMENT, record(2));
    refused(
        &Seal {
            actor: Actor([0; 16]),
            ..good.clone()
        },
        &key,
        DEPLOYMENT,
        record(1),
    );
    refused(
        &Seal {
            seq: 4,
            ..good.clone()
        },
        &key,
        DEPLOYMENT,
        record(1),
    );
    refused(
        &Seal {
            hash: ChangeHash([0; 32]),
            ..good.clone()
        },
        &key,
        DEPLOYMENT,
        record(1),
    );
    let other = Seal {
        algorithm: 2,
        ..good
    };
    let unknown = Err(SignatureError::UnknownAlgorithm(2));
    assert_eq!(other.verify(&key, &DEPLOYMENT, &record(1)), unknown);
}

#[test]
fn weak_keys_and_bytes_that_are_no_key_verify_nothing() {
    let seal = seal(1, 7);
    for bytes in [[0; 32], [1; 32], [0xff; 32]] {
        assert!(
            seal.verify(&PublicKey(bytes), &DEPLOYMENT, &record(1))
                .is_err()
        );
    }
}

#[test]
fn hello_proves_the_key_for_one_challenge() {
    let proof = HelloProof {
        deployment: &DEPLOYMENT,
        device: &DEVICE,
        nonce: &NONCE.0,
        version: 1,
    };
    let signature = proof.sign(&device_key());
    let key = device_key().public();
    assert_eq!(proof.verify(&key, &signature), Ok(()));
    assert!(
        HelloProof {
            nonce: &[0; 32],
            ..proof
        }
        .verify(&key, &signature)
        .is_err()
    );
    assert!(
        HelloProof {
            version: 2,
            ..proof
        }
        .verify(&key, &signature)
        .is_err()
    );
    let other = DeviceId([0; 8]);
    assert!(
        HelloProof {
            device: &other,
            ..proof
        }
        .verify(&key, &signature)
        .is_err()
    );
}

#[test]
fn enrolling_proves_the_key_for_one_invitation() {
    let proof = EnrolProof {
        deployment: &DEPLOYMENT,
        device: &DEVICE,
        nonce: &NONCE.0,
        invitation: "a",
    };
    let signature = proof.sign(&device_key());
    assert_eq!(proof.verify(&device_key().public(), &signature), Ok(()));
    assert!(proof.verify(&server_key().public(), &signature).is_err());
    assert!(
        EnrolProof {
            invitation: "b",
            ..proof
        }
        .verify(&device_key().public(), &signature)
        .is_err()
    );
}

#[test]
fn certificate_binds_person_device_and_key() {
    let authority = authority_key().public();
    assert_eq!(certificate().verify(&authority), Ok(()));
    assert!(certificate().verify(&server_key().public()).is_err());
    let mut changed = certificate();
    changed.person = liandu_core::id::PersonId::new("p-1").unwrap();
    assert_ne!(changed.person, person());
    assert!(changed.verify(&authority).is_err());
    let mut changed = certificate();
    changed.key = server_key().public();
    assert!(changed.verify(&authority).is_err());
}

#[test]
fn receipt_is_no_statement_and_no_prefix_begins_another() {
    let (key, bytes) = (server_key(), b"the same bytes");
    let receipt = sign_receipts(&key, &DEPLOYMENT, bytes);
    assert_eq!(
        verify_receipts(&key.public(), &DEPLOYMENT, bytes, &receipt),
        Ok(())
    );
    assert!(verify_statement(&key.public(), &DEPLOYMENT, bytes, &receipt).is_err());
    let statement = sign_statement(&key, &DEPLOYMENT, bytes);
    assert_eq!(
        verify_statement(&key.public(), &DEPLOYMENT, bytes, &statement),
        Ok(())
    );
    assert!(verify_receipts(&key.public(), &DEPLOYMENT, bytes, &statement).is_err());
    for (i, one) in PREFIXES.iter().enumerate() {
        for (j, other) in PREFIXES.iter().enumerate() {
            assert!(i == j || !one.starts_with(other));
        }
    }
}
