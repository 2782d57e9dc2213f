using EContract.Hosting.Errors;
using EContract.Pdf;

namespace EContract.Signer.Documents;

/// <summary>Says why a document is not taken or not signed, in the service's reason codes.</summary>
internal static class PdfFaults
{
    /// <summary>What it does with a PDF, its refusals translated.</summary>
    public static T Translate<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (PdfRefusedException e)
        {
            throw new ServiceException(Of(e.Reason), e.Detail, new Dictionary<string, string> { ["refusal"] = e.Reason.ToString() }, e);
        }
        catch (MalformedException e)
        {
            throw new ServiceException(Fault.DocumentMalformed, e.Message, cause: e);
        }
    }

    private static Fault Of(PdfRefusal refusal) =>
        refusal switch
        {
            PdfRefusal.Encrypted => Fault.DocumentEncrypted,
            PdfRefusal.TooLarge => Fault.DocumentTooLarge,
            PdfRefusal.ChangesForbidden or PdfRefusal.CertificationNotFirst => Fault.DocumentCertified,
            PdfRefusal.FieldLocked => Fault.DocumentFieldLocked,
            PdfRefusal.FieldAlreadySigned => Fault.SignatureFieldFilled,
            PdfRefusal.NotASignatureField => Fault.SignatureFieldNotFound,
            PdfRefusal.NoSuchPage or PdfRefusal.RectangleOutsidePage => Fault.PlacementInvalid,
            PdfRefusal.FontUnusable or PdfRefusal.ImageUnusable => Fault.AppearanceInvalid,
            PdfRefusal.Damaged => Fault.DocumentMalformed,
            PdfRefusal.OriginalChanged => Fault.DocumentChanged,
            _ => Fault.DocumentUnsupported,
        };
}
