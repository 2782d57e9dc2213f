using System.Formats.Asn1;

namespace EContract.Pki;

/// <summary>An algorithm and its parameters, compared by their encodings.</summary>
/// <remarks>
/// RFC 5280 §4.1.1.2
/// <code>
/// AlgorithmIdentifier ::= SEQUENCE {
///   algorithm   OBJECT IDENTIFIER,
///   parameters  ANY DEFINED BY algorithm OPTIONAL }
/// </code>
/// </remarks>
public sealed class AlgorithmIdentifier : IEquatable<AlgorithmIdentifier>
{
    private static readonly byte[] Null = [5, 0];

    /// <param name="oid">Dotted decimal.</param>
    /// <param name="parameters">The whole encoding of the parameters; null when absent.</param>
    public AlgorithmIdentifier(string oid, ReadOnlyMemory<byte>? parameters = null)
    {
        Oid = oid;
        Parameters = parameters;
    }

    public string Oid { get; }

    /// <summary>The whole encoding of the parameters; null when absent.</summary>
    public ReadOnlyMemory<byte>? Parameters { get; }

    public bool HasAbsentOrNullParameters => Parameters is not { } p || p.Span.SequenceEqual(Null);

    public static AlgorithmIdentifier WithNull(string oid) => new(oid, Null);

    public static AlgorithmIdentifier Decode(AsnReader reader)
    {
        AsnReader sequence = reader.ReadSequence();
        string oid = sequence.ReadObjectIdentifier();
        ReadOnlyMemory<byte>? parameters = sequence.HasData ? sequence.ReadEncodedValue() : default(ReadOnlyMemory<byte>?);
        sequence.ThrowIfNotEmpty();
        return new AlgorithmIdentifier(oid, parameters);
    }

    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oid);
            if (Parameters is { } parameters)
            {
                writer.WriteEncodedValue(parameters.Span);
            }
        }
    }

    public bool Equals(AlgorithmIdentifier? other) =>
        other is not null
        && Oid == other.Oid
        && Parameters.HasValue == other.Parameters.HasValue
        && Parameters.GetValueOrDefault().Span.SequenceEqual(other.Parameters.GetValueOrDefault().Span);

    public override bool Equals(object? obj) => Equals(obj as AlgorithmIdentifier);

    public override int GetHashCode() => Oid.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Oid;
}
