using EContract.Hsm.Native;

namespace EContract.Hsm;

/// <summary>The token, or this layer in its place, said no.</summary>
public sealed class HsmException : Exception
{
    /// <param name="function">The native function, verbatim: <c>C_Sign</c>.</param>
    /// <param name="ckr">What it returned.</param>
    public HsmException(string function, Ckr ckr)
        : this(function, ckr, CkrMeaning.Of(ckr).ToFault(), null) { }

    public HsmException(string function, Ckr ckr, HsmFault fault, string? detail, Exception? inner = null)
        : base(Describe(function, ckr, detail), inner)
    {
        Function = function;
        Ckr = ckr;
        Fault = fault;
    }

    /// <summary>The native function, or the operation of this layer if no single native call failed.</summary>
    public string Function { get; }

    /// <summary><see cref="Ckr.CKR_OK"/> if this layer refused without a failing native call.</summary>
    public Ckr Ckr { get; }

    public HsmFault Fault { get; }

    /// <summary>True if the same call may succeed later without anybody doing anything.</summary>
    public bool IsTransient => Fault is HsmFault.Unavailable or HsmFault.Busy or HsmFault.Hanging or HsmFault.FaultySignature;

    private static string Describe(string function, Ckr ckr, string? detail) =>
        (ckr, detail) switch
        {
            (Ckr.CKR_OK, _) => $"{function}: {detail}",
            (_, null) => $"{function}: {ckr.Name()}",
            _ => $"{function}: {ckr.Name()}: {detail}",
        };
}
