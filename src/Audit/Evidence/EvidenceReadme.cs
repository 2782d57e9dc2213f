using System.Text;

namespace EContract.Audit.Evidence;

/// <summary>What an evidence bundle tells a reader who has never seen one.</summary>
internal static class EvidenceReadme
{
    public static byte[] Text() =>
        Encoding.UTF8.GetBytes(
            """
            電子契約サービスの証拠記録 / Evidence of the electronic contract service

            検証 / Verify:   econtract audit verify <this file> --root root.pem

            Without our tools:
              1. The checkpoint is a CMS signature that carries its content, with an RFC 3161 time-stamp:
                   openssl cms -verify -inform DER -in checkpoint.p7m -CAfile root.pem -purpose any -out checkpoint.der
                   openssl asn1parse -inform DER -in checkpoint.der        (number, time, tree size, root hash ...)
              2. Each record names its event by SHA-256:
                   openssl asn1parse -inform DER -in records/0001.record.der
                   openssl dgst -sha256 records/0001.event.der             (the last OCTET STRING of the record)
              3. Each event names its attachments by SHA-256 (details "attachment.*").
              4. SHA-256(0x00 || record) is a leaf of the hash tree of RFC 9162; with the inclusion proof in manifest.json it leads to
                 the root hash in the checkpoint (RFC 9162, 2.1.3.2).

            What it proves: these records, and what they refer to, existed in exactly this form at the time of the time-stamp, in a log
            that nobody can change afterwards without the audit key in the hardware security module and the time-stamp authority.
            """
        );
}
