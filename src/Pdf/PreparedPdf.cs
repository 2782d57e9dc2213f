using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EContract.Pdf;

/// <summary>
/// A signature that waits for its signer. Immutable; holds the update to append but not the original, and can be stored and
/// taken up by another node.
/// </summary>
public sealed class PreparedPdf
{
    private const uint Magic = 0x45435031; // "ECP1"
    private const int MaxText = 4096;

    private readonly byte[] _digest;
    private readonly byte[] _originalDigest;
    private readonly byte[] _update;

    internal PreparedPdf(
        string fieldName,
        HashAlgorithmName digestAlgorithm,
        byte[] digest,
        ByteRange byteRange,
        long originalLength,
        byte[] originalDigest,
        byte[] update
    )
    {
        FieldName = fieldName;
        DigestAlgorithm = digestAlgorithm;
        ByteRange = byteRange;
        OriginalLength = originalLength;
        _digest = digest;
        _originalDigest = originalDigest;
        _update = update;
    }

    /// <summary>Fully qualified name of the field that will hold the signature.</summary>
    public string FieldName { get; }

    /// <summary>Algorithm of <see cref="Digest"/>.</summary>
    public HashAlgorithmName DigestAlgorithm { get; }

    /// <summary>Digest of all the signed document but /Contents: the message digest of the CMS, or the imprint of the time-stamp.</summary>
    public ReadOnlyMemory<byte> Digest => _digest;

    /// <summary>What the signature covers, in the signed document.</summary>
    public ByteRange ByteRange { get; }

    /// <summary>Length of the original in bytes.</summary>
    public long OriginalLength { get; }

    /// <summary>Length of the signed document in bytes.</summary>
    public long SignedLength => OriginalLength + _update.Length;

    /// <summary>How many bytes of DER have room in /Contents.</summary>
    public int ContentsSize => (int)(ByteRange.GapEnd - ByteRange.GapStart - 2) / 2;

    /// <summary>What will be appended to the original, with zeros for /Contents.</summary>
    public ReadOnlyMemory<byte> Update => _update;

    /// <summary>The state to be stored while the signing waits.</summary>
    public byte[] Serialize()
    {
        byte[] field = Encoding.UTF8.GetBytes(FieldName);
        byte[] algorithm = Encoding.ASCII.GetBytes(DigestAlgorithm.Name!);
        using var output = new MemoryStream();
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(number, Magic);
        output.Write(number[..4]);
        foreach (byte[] part in (ReadOnlySpan<byte[]>)[field, algorithm, _digest, _originalDigest, _update])
        {
            BinaryPrimitives.WriteInt32BigEndian(number, part.Length);
            output.Write(number[..4]);
            output.Write(part);
        }
        foreach (long value in (ReadOnlySpan<long>)[OriginalLength, ByteRange.GapStart, ByteRange.GapEnd])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            output.Write(number);
        }
        return output.ToArray();
    }

    /// <summary>Takes up stored state.</summary>
    /// <exception cref="MalformedException">it isn't what <see cref="Serialize"/> gave</exception>
    public static PreparedPdf Deserialize(ReadOnlySpan<byte> state)
    {
        var reader = new Reader(state);
        reader.Expect(Magic);
        string field = Encoding.UTF8.GetString(reader.Part(MaxText));
        var algorithm = new HashAlgorithmName(Encoding.ASCII.GetString(reader.Part(MaxText)));
        byte[] digest = reader.Part(64).ToArray();
        byte[] originalDigest = reader.Part(64).ToArray();
        byte[] update = reader.Part(int.MaxValue).ToArray();
        long originalLength = reader.Number();
        long gapStart = reader.Number();
        long gapEnd = reader.Number();
        reader.ThrowIfNotEmpty();
        long end = originalLength + update.Length;
        if (originalLength < 0 || gapStart < originalLength || gapEnd < gapStart + 2 || gapEnd > end)
        {
            throw Reader.Error();
        }
        return new PreparedPdf(field, algorithm, digest, new ByteRange(0, gapStart, gapEnd, end), originalLength, originalDigest, update);
    }

    /// <summary>The update with the signature in its place.</summary>
    public byte[] Fill(ReadOnlySpan<byte> signature)
    {
        if (signature.Length > ContentsSize)
        {
            throw new PdfRefusedException(
                PdfRefusal.ContentsTooSmall,
                $"the signature has {signature.Length} bytes, reserved were {ContentsSize}"
            );
        }
        byte[] filled = (byte[])_update.Clone();
        int at = (int)(ByteRange.GapStart - OriginalLength) + 1;
        Convert.TryToHexStringLower(signature, filled.AsSpan(at), out _);
        return filled;
    }

    /// <summary>Refuses an original that isn't the prepared one.</summary>
    internal void VerifyOriginal(IncrementalHash hash, bool complete)
    {
        if (!complete || !hash.GetHashAndReset().AsSpan().SequenceEqual(_originalDigest))
        {
            throw new PdfRefusedException(PdfRefusal.OriginalChanged, "the original isn't the one that the signature was prepared for");
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> state)
    {
        private ReadOnlySpan<byte> _rest = state;

        public static MalformedException Error() => new("PreparedPdf", "the stored state is damaged");

        public void Expect(uint magic)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(Take(4)) != magic)
            {
                throw Error();
            }
        }

        public ReadOnlySpan<byte> Part(int max)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(Take(4));
            return length <= max ? Take(length) : throw Error();
        }

        public long Number() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

        public readonly void ThrowIfNotEmpty()
        {
            if (!_rest.IsEmpty)
            {
                throw Error();
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > _rest.Length)
            {
                throw Error();
            }
            ReadOnlySpan<byte> part = _rest[..count];
            _rest = _rest[count..];
            return part;
        }
    }
}
