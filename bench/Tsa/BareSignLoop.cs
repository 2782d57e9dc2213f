using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace EContract.Bench.Tsa;

/// <summary>
/// C_SignInit + C_Sign in a loop, straight on the module that a <see cref="Hsm.Token"/> has initialised and logged in to: what the
/// token does with its key, and the limit of servers that sign with it.
/// </summary>
internal sealed unsafe class BareSignLoop
{
    private const uint CkfSerialSession = 4;
    private const uint CkoPrivateKey = 3;
    private const uint CkaToken = 1;
    private const uint CkmRsaPkcs = 1;
    private const uint CkmEcdsa = 0x1041;

    private readonly delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint> _openSession;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _closeSession;
    private readonly delegate* unmanaged[Cdecl]<nuint, Attribute*, nuint, nuint> _findObjectsInit;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint> _findObjects;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint> _findObjectsFinal;
    private readonly delegate* unmanaged[Cdecl]<nuint, Mechanism*, nuint, nuint> _signInit;
    private readonly delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint*, nuint> _sign;
    private readonly delegate* unmanaged[Cdecl]<nuint, nuint, Attribute*, nuint, nuint*, nuint> _copyObject;
    private readonly nuint _slot;

    public BareSignLoop(string modulePath)
    {
        nint library = NativeLibrary.Load(modulePath);
        _openSession = (delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint>)
            NativeLibrary.GetExport(library, "C_OpenSession");
        _closeSession = (delegate* unmanaged[Cdecl]<nuint, nuint>)NativeLibrary.GetExport(library, "C_CloseSession");
        _findObjectsInit = (delegate* unmanaged[Cdecl]<nuint, Attribute*, nuint, nuint>)
            NativeLibrary.GetExport(library, "C_FindObjectsInit");
        _findObjects = (delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint>)NativeLibrary.GetExport(library, "C_FindObjects");
        _findObjectsFinal = (delegate* unmanaged[Cdecl]<nuint, nuint>)NativeLibrary.GetExport(library, "C_FindObjectsFinal");
        _signInit = (delegate* unmanaged[Cdecl]<nuint, Mechanism*, nuint, nuint>)NativeLibrary.GetExport(library, "C_SignInit");
        _sign = (delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint*, nuint>)NativeLibrary.GetExport(library, "C_Sign");
        _copyObject = (delegate* unmanaged[Cdecl]<nuint, nuint, Attribute*, nuint, nuint*, nuint>)
            NativeLibrary.GetExport(library, "C_CopyObject");

        var getSlotList = (delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint>)NativeLibrary.GetExport(library, "C_GetSlotList");
        nuint* slots = stackalloc nuint[16];
        nuint count = 16;
        Check(getSlotList(1, slots, &count));
        _slot = slots[0]; // SoftHSM lists initialised tokens first, and there is one
    }

    /// <summary>Signatures per second of that many threads, each with a session of its own.</summary>
    /// <param name="copy">With session copies of the key instead.</param>
    public double Run(string label, bool rsa, int threads, TimeSpan duration, bool copy = false)
    {
        long total = 0;
        using var barrier = new Barrier(threads);
        long started = Stopwatch.GetTimestamp();
        Thread[] workers =
        [
            .. Enumerable
                .Range(0, threads)
                .Select(_ => new Thread(() =>
                {
                    barrier.SignalAndWait();
                    Interlocked.Add(ref total, Loop(copy ? OpenCopy(label) : Open(label), rsa, duration));
                })),
        ];
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return total / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>As <see cref="Open"/>, but with a copy among the session's objects, as our own keys use it on this token.</summary>
    public (nuint Session, nuint Key) OpenCopy(string label)
    {
        (nuint session, nuint key) = Open(label);
        byte no = 0;
        var notOnToken = new Attribute
        {
            Type = CkaToken,
            Value = &no,
            Length = 1,
        };
        nuint copy;
        Check(_copyObject(session, key, &notOnToken, 1, &copy));
        return (session, copy);
    }

    /// <summary>A session of its own for one thread, with the key found; <see cref="SignOnce"/> uses it.</summary>
    public (nuint Session, nuint Key) Open(string label)
    {
        nuint session;
        Check(_openSession(_slot, CkfSerialSession, null, null, &session));
        return (session, Find(session, label));
    }

    /// <summary>Signs whatever is there: only the time it takes matters.</summary>
    public void SignOnce((nuint Session, nuint Key) opened, bool rsa)
    {
        byte* data = stackalloc byte[51]; // a DigestInfo of SHA-256 for RSA, a digest for ECDSA
        byte* signature = stackalloc byte[512];
        var mechanism = new Mechanism { Type = rsa ? CkmRsaPkcs : CkmEcdsa };
        Check(_signInit(opened.Session, &mechanism, opened.Key));
        nuint length = 512;
        Check(_sign(opened.Session, data, rsa ? 51u : 32u, signature, &length));
    }

    private long Loop((nuint Session, nuint Key) opened, bool rsa, TimeSpan duration)
    {
        long count = 0;
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            SignOnce(opened, rsa);
            count++;
        }

        Check(_closeSession(opened.Session));
        return count;
    }

    private nuint Find(nuint session, string label)
    {
        byte[] name = Encoding.UTF8.GetBytes(label);
        fixed (byte* text = name)
        {
            nuint type = CkoPrivateKey;
            byte yes = 1;
            Attribute* template = stackalloc Attribute[3];
            template[0] = new Attribute
            {
                Type = 0,
                Value = &type,
                Length = (nuint)sizeof(nuint),
            };
            template[1] = new Attribute
            {
                Type = 3,
                Value = text,
                Length = (nuint)name.Length,
            };
            // a copy in the session has the same label
            template[2] = new Attribute
            {
                Type = CkaToken,
                Value = &yes,
                Length = 1,
            };
            Check(_findObjectsInit(session, template, 3));
            nuint key;
            nuint found;
            Check(_findObjects(session, &key, 1, &found));
            Check(_findObjectsFinal(session));
            return found == 1 ? key : throw new InvalidOperationException($"No key {label}.");
        }
    }

    private static void Check(nuint rv)
    {
        if (rv != 0)
        {
            throw new InvalidOperationException($"CKR 0x{rv:X}");
        }
    }

    private struct Mechanism
    {
        public nuint Type;
        public void* Parameter;
        public nuint ParameterLength;
    }

    private struct Attribute
    {
        public nuint Type;
        public void* Value;
        public nuint Length;
    }
}
