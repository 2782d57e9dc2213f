namespace EContract.Signer.Identities;

/// <summary>A document that is being signed.</summary>
public readonly record struct DocumentId(string Value) : IIdentity<DocumentId>
{
    public static string Prefix => "doc";

    public static DocumentId Named(string value) => new(value);

    public override string ToString() => Value;
}
