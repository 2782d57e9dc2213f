using EContract.Pki;
using EContract.Pki.Ocsp;

namespace EContract.Validation.Sources;

/// <summary>A successful OCSP response: its bytes as they came, and what they mean.</summary>
/// <param name="Encoded">The whole OCSPResponse (RFC 6960 §4.2.1), as security stores keep it.</param>
/// <param name="Response">The signed part.</param>
public sealed record OcspAnswer(ReadOnlyMemory<byte> Encoded, BasicOcspResponse Response)
{
    /// <exception cref="MalformedException">Not an OCSPResponse, or a responder's refusal.</exception>
    public static OcspAnswer Decode(ReadOnlyMemory<byte> encoded) =>
        OcspResponse.Decode(encoded).Basic is { } basic
            ? new(encoded, basic)
            : throw new MalformedException("RFC 6960 §4.2.1", "the responder refused to answer");

    /// <summary>The same bytes are the same answer.</summary>
    public bool Equals(OcspAnswer? other) => other is not null && Encoded.Span.SequenceEqual(other.Encoded.Span);

    public override int GetHashCode() => HashCode.Combine(Encoded.Length, Response.Data.ProducedAt);
}
