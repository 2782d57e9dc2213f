namespace EContract.Ca;

/// <summary>Settings of the role itself: the section <c>Ca</c>. Its parts have their own: Registration, Issuance, Crl, Ocsp, Repository.</summary>
public sealed class CaOptions
{
    /// <summary>Directory with hierarchy.json, as the ceremony wrote it; looked after while running, so that a rollover needs no restart.</summary>
    public string Hierarchy { get; set; } = "";

    /// <summary>Directory with profiles that replace or extend those that come with the software; empty: none.</summary>
    public string Profiles { get; set; } = "";
}
