namespace EContract.Ca.Tests.Crash;

/// <summary>Where a worker ends itself: at the signature on a CRL, whose number is taken and which is not stored yet.</summary>
internal enum KillPoint
{
    /// <summary>It is killed from outside, at any moment.</summary>
    None,

    /// <summary>The number is spent, nothing is signed.</summary>
    BeforeCrlSignature,

    /// <summary>A signed CRL with this number exists, and nobody knows.</summary>
    AfterCrlSignature,
}
