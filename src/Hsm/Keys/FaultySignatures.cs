using EContract.Hsm.Native;

namespace EContract.Hsm.Keys;

internal static class FaultySignatures
{
    /// <summary>
    /// Counts and reports a signature that doesn't verify. It can give the private key away (Boneh, DeMillo and Lipton,
    /// 1997), so nobody may see it.
    /// </summary>
    public static HsmException Report(TokenCore core, string label)
    {
        var fault = new HsmException(
            "C_Sign",
            Ckr.CKR_OK,
            HsmFault.FaultySignature,
            $"a signature of '{label}' doesn't verify and isn't released"
        );
        core.ReportFaultySignature(fault.Message);
        HsmTelemetry.Failed(core.Label, fault);
        return fault;
    }
}
