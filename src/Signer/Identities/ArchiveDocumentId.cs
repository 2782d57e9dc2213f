namespace EContract.Signer.Identities;

/// <summary>A document in the register of those to be renewed.</summary>
public readonly record struct ArchiveDocumentId(string Value) : IIdentity<ArchiveDocumentId>
{
    public static string Prefix => "arc";

    public static ArchiveDocumentId Named(string value) => new(value);

    public override string ToString() => Value;
}
