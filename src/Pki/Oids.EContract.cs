namespace EContract.Pki;

public static partial class Oids
{
    // Our own arc: ITU-T X.667 §7, joint-iso-itu-t uuid(25), from a UUID that was made for it. Under it: 3 policies of the
    // demonstration's time-stamping units, 5 extended key purposes.
    public const string EContractArc = "2.25.261838914862073245871934410287436199182";

    /// <summary>Extended key purpose of a certificate that signs checkpoints of the evidence log (docs/audit.md).</summary>
    public const string EvidenceLogSigning = EContractArc + ".5.1";
}
