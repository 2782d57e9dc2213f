namespace EContract.Signer.Signing;

/// <summary>The places between two effects where a process can be lost. docs/signing-cycle.md tells what each leaves behind.</summary>
public enum CyclePoint
{
    /// <summary>Activation, items and one-time password row are committed; nothing was sent.</summary>
    ActivationStored,

    /// <summary>The one-time password's code is committed; it was not handed to its carrier.</summary>
    OtpStored,

    /// <summary>The attempt is committed; nothing was tried.</summary>
    AttemptCounted,

    /// <summary>Both factors were right, the key is open; nothing is committed about it.</summary>
    FactorsRight,

    /// <summary>The reservation is committed; nothing was signed.</summary>
    Reserved,

    /// <summary>Signed and verified; nothing is committed about it.</summary>
    Signed,

    /// <summary>The signature values are committed; no time-stamp was asked for.</summary>
    SignaturesStored,

    /// <summary>The time-stamps are here; nothing is committed about them.</summary>
    Timestamped,

    /// <summary>The result is committed; the caller has no answer.</summary>
    ResultStored,

    /// <summary>A key is made, wrapped and committed; no certificate was asked for.</summary>
    KeyStored,

    /// <summary>The authority issued; the certificate is not committed here.</summary>
    CertificateIssued,

    /// <summary>A renewed document is announced in the register; the old one lies in its place.</summary>
    RenewalAnnounced,

    /// <summary>The renewed document lies in its place; the register does not say so.</summary>
    DocumentReplaced,
}
