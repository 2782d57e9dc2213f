using System.Runtime.InteropServices;
using System.Text;
using EContract.Hsm.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace EContract.Hsm;

/// <summary>Makes a new token in a free slot, for installations on a soft token and for tests.</summary>
public static class TokenInitializer
{
    /// <summary>C_InitToken with the label of the options and C_InitPIN with the PIN they name.</summary>
    /// <exception cref="HsmException">There is a token of that label (<see cref="HsmFault.KeyExists"/>), or no free slot.</exception>
    public static Task InitializeAsync(TokenOptions options, ReadOnlyMemory<byte> securityOfficerPin, CancellationToken cancellationToken)
    {
        options.Validate();
        var label = options.TokenLabel ?? throw new ArgumentException("a new token needs a label", nameof(options));
        return Task.Factory.StartNew(
            () => Initialize(options, label, securityOfficerPin.Span),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    private static void Initialize(TokenOptions options, string label, ReadOnlySpan<byte> officerPin)
    {
        var module = Module.Acquire(options, TimeProvider.System, NullLogger.Instance);
        try
        {
            lock (module.Connecting)
            {
                InitToken(module, label, officerPin);
                var (slot, _) = module.FindSlot(label, null);
                var session = module.OpenSession(slot, readWrite: true, TimeProvider.System);
                Check("C_Login", session.Login(Pkcs11.CKU_SO, officerPin, default));
                using var pins = new Pins.PinSource(options);
                using var pin = pins.Read();
                session.InitPin(pin.Bytes);
                session.Close();
            }
        }
        finally
        {
            module.Release(callsHang: false);
        }
    }

    private static unsafe void InitToken(Module module, string label, ReadOnlySpan<byte> officerPin)
    {
        Span<byte> padded = stackalloc byte[32];
        padded.Fill((byte)' ');
        if (!Encoding.UTF8.TryGetBytes(label, padded, out _))
        {
            throw new ArgumentException("a token label has at most 32 bytes", nameof(label));
        }

        CULong? free = null;
        foreach (var slot in module.Slots())
        {
            CK_TOKEN_INFO info;
            Check("C_GetTokenInfo", module.Cryptoki.C_GetTokenInfo(slot, &info));
            var isInitialized = ((uint)info.flags.Value & Pkcs11.CKF_TOKEN_INITIALIZED) != 0;
            if (isInitialized && info.Label == label)
            {
                throw new HsmException("C_InitToken", Ckr.CKR_OK, HsmFault.KeyExists, $"there is a token '{label}' already");
            }

            free = isInitialized ? free : slot;
        }

        if (free is null)
        {
            throw new HsmException("C_InitToken", Ckr.CKR_TOKEN_NOT_PRESENT, HsmFault.Refused, "no slot is free for a new token");
        }

        fixed (
            byte* pin = officerPin,
                name = padded
        )
        {
            Check("C_InitToken", module.Cryptoki.C_InitToken(free.Value, pin, new CULong((uint)officerPin.Length), name));
        }
    }

    private static void Check(string function, Ckr ckr)
    {
        if (ckr != Ckr.CKR_OK)
        {
            throw new HsmException(function, ckr);
        }
    }
}
