using System.Runtime.InteropServices;
using EContract.Hsm.Native;
using EContract.Hsm.Sessions;

namespace EContract.Hsm.Keys;

/// <summary>An HMAC-SHA-256 key on the token (OTP pepper): signs only, never leaves. Thread-safe.</summary>
public sealed class HmacKey
{
    public const int MacSize = 32;
    private readonly TokenCore _core;
    private readonly KeyHandle _handle;

    internal HmacKey(TokenCore core, string label)
    {
        _core = core;
        Label = label;
        _handle = new KeyHandle(core, Pkcs11.CKO_SECRET_KEY, label, IsSame);
    }

    public string Label { get; }

    /// <summary>Writes the 32 bytes of the MAC. On the caller's thread, without allocation.</summary>
    /// <exception cref="HsmException">The token said no.</exception>
    public void Compute(ReadOnlySpan<byte> data, Span<byte> mac, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mac.Length, MacSize, nameof(mac));
        var operation = new Operation(this, data, mac[..MacSize]);
        _core.Run(ref operation, "hmac", AmbientPriority.Current, isAdmitted: false, null, cancellationToken);
    }

    /// <summary>As <see cref="Compute"/>, but answers at the deadline even if the token hangs.</summary>
    public Task<byte[]> ComputeAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        _core.RunAsync(
            "hmac",
            session =>
            {
                var mac = new byte[MacSize];
                new Operation(this, data.Span, mac).Execute(session);
                return mac;
            },
            cancellationToken,
            _handle.Forget
        );

    internal static unsafe void Compute(Session session, CULong key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        var mechanism = new CK_MECHANISM(Pkcs11.CKM_SHA256_HMAC);
        session.Sign(&mechanism, key, data, mac);
    }

    private static bool IsSame(Session session, CULong original, CULong copy)
    {
        Span<byte> macs = stackalloc byte[2 * MacSize];
        Compute(session, original, "hmac key check"u8, macs[..MacSize]);
        Compute(session, copy, "hmac key check"u8, macs[MacSize..]);
        return macs[..MacSize].SequenceEqual(macs[MacSize..]);
    }

    private readonly ref struct Operation(HmacKey key, ReadOnlySpan<byte> data, Span<byte> mac) : ITokenOperation
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private readonly Span<byte> _mac = mac;

        public void Execute(Session session) => HmacKey.Compute(session, key._handle.Resolve(session), _data, _mac);

        public void Forget() => key._handle.Forget();
    }
}
