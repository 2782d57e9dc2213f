using EContract.Pki.Tsp;

namespace EContract.Tsa.Requests;

/// <summary>A TimeStampReq (RFC 3161 §2.4.1) seen in place: slices of the caller's buffer, nothing copied.</summary>
internal readonly ref struct TimeStampQuery
{
    private const byte Extensions = 0xA0;

    private TimeStampQuery(
        ReadOnlySpan<byte> version,
        ReadOnlySpan<byte> messageImprint,
        ReadOnlySpan<byte> hashAlgorithm,
        ReadOnlySpan<byte> hashParameters,
        ReadOnlySpan<byte> hashedMessage,
        ReadOnlySpan<byte> policy,
        ReadOnlySpan<byte> nonce,
        bool certReq,
        bool hasExtensions
    )
    {
        Version = version;
        MessageImprint = messageImprint;
        HashAlgorithm = hashAlgorithm;
        HashParameters = hashParameters;
        HashedMessage = hashedMessage;
        Policy = policy;
        Nonce = nonce;
        CertReq = certReq;
        HasExtensions = hasExtensions;
    }

    /// <summary>Content of the INTEGER.</summary>
    public ReadOnlySpan<byte> Version { get; }

    /// <summary>Whole encoding: it is echoed as it came.</summary>
    public ReadOnlySpan<byte> MessageImprint { get; }

    /// <summary>Content of the OBJECT IDENTIFIER.</summary>
    public ReadOnlySpan<byte> HashAlgorithm { get; }

    /// <summary>Whatever follows the OBJECT IDENTIFIER in the AlgorithmIdentifier; empty when absent.</summary>
    public ReadOnlySpan<byte> HashParameters { get; }

    public ReadOnlySpan<byte> HashedMessage { get; }

    /// <summary>Content of the OBJECT IDENTIFIER; empty when absent.</summary>
    public ReadOnlySpan<byte> Policy { get; }

    /// <summary>Whole encoding of the INTEGER; empty when absent.</summary>
    public ReadOnlySpan<byte> Nonce { get; }

    public bool CertReq { get; }

    public bool HasExtensions { get; }

    /// <summary>false: not a DER TimeStampReq (<see cref="PkiFailureInfo.BadDataFormat"/>). Takes the same requests as <see cref="TimeStampReq.Decode"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> encoded, out TimeStampQuery query)
    {
        query = default;
        var outer = new DerCursor(encoded);
        if (!outer.TryRead(DerCursor.Sequence, out ReadOnlySpan<byte> content, out _) || !outer.IsEmpty)
        {
            return false;
        }

        var cursor = new DerCursor(content);
        if (!cursor.TryRead(DerCursor.Integer, out ReadOnlySpan<byte> version, out _) || !DerCursor.IsInteger(version))
        {
            return false;
        }

        if (
            !cursor.TryRead(DerCursor.Sequence, out ReadOnlySpan<byte> imprint, out ReadOnlySpan<byte> messageImprint)
            || !TryReadImprint(
                imprint,
                out ReadOnlySpan<byte> algorithm,
                out ReadOnlySpan<byte> parameters,
                out ReadOnlySpan<byte> hashedMessage
            )
        )
        {
            return false;
        }

        ReadOnlySpan<byte> policy = default;
        if (
            cursor.IsNext(DerCursor.ObjectIdentifier)
            && (!cursor.TryRead(DerCursor.ObjectIdentifier, out policy, out _) || !DerCursor.IsObjectIdentifier(policy))
        )
        {
            return false;
        }

        ReadOnlySpan<byte> nonce = default;
        if (
            cursor.IsNext(DerCursor.Integer)
            && (!cursor.TryRead(DerCursor.Integer, out ReadOnlySpan<byte> number, out nonce) || !DerCursor.IsInteger(number))
        )
        {
            return false;
        }

        bool certReq = false;
        if (cursor.IsNext(DerCursor.Boolean))
        {
            // An explicit FALSE is not DER (X.690 §11.5), but it is clear, and clients send it.
            if (!cursor.TryRead(DerCursor.Boolean, out ReadOnlySpan<byte> boolean, out _) || boolean is not [0x00 or 0xFF])
            {
                return false;
            }

            certReq = boolean[0] != 0;
        }

        bool hasExtensions = cursor.IsNext(Extensions);
        if (hasExtensions && !cursor.TryRead(Extensions, out _, out _))
        {
            return false;
        }

        if (!cursor.IsEmpty)
        {
            return false;
        }

        query = new TimeStampQuery(version, messageImprint, algorithm, parameters, hashedMessage, policy, nonce, certReq, hasExtensions);
        return true;
    }

    private static bool TryReadImprint(
        ReadOnlySpan<byte> imprint,
        out ReadOnlySpan<byte> algorithm,
        out ReadOnlySpan<byte> parameters,
        out ReadOnlySpan<byte> hashedMessage
    )
    {
        algorithm = default;
        parameters = default;
        hashedMessage = default;
        var cursor = new DerCursor(imprint);
        if (
            !cursor.TryRead(DerCursor.Sequence, out ReadOnlySpan<byte> identifier, out _)
            || !cursor.TryRead(DerCursor.OctetString, out hashedMessage, out _)
            || !cursor.IsEmpty
        )
        {
            return false;
        }

        var inner = new DerCursor(identifier);
        if (
            !inner.TryRead(DerCursor.ObjectIdentifier, out algorithm, out ReadOnlySpan<byte> encoded)
            || !DerCursor.IsObjectIdentifier(algorithm)
        )
        {
            return false;
        }

        parameters = identifier[encoded.Length..];
        return true;
    }
}
