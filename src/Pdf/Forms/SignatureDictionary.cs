using EContract.Pdf.Syntax;

namespace EContract.Pdf.Forms;

/// <summary>Writes signature dictionaries (ISO 32000-2 Table 255, ETSI EN 319 142-1 §5.3 and §5.4.3).</summary>
internal static class SignatureDictionary
{
    public static string SubFilter(SignatureFormat format) =>
        format switch
        {
            SignatureFormat.CadesDetached => "ETSI.CAdES.detached",
            SignatureFormat.Pkcs7Detached => "adbe.pkcs7.detached",
            _ => "ETSI.RFC3161",
        };

    public static PdfDictionary Write(
        SignatureRequest request,
        PdfReference catalog,
        FieldLock? locked,
        PdfPlaceholder contents,
        PdfPlaceholder byteRange
    )
    {
        bool timeStamp = request.Format == SignatureFormat.DocumentTimeStamp;
        PdfDictionary dictionary = new PdfDictionary()
            .Set("Type", new PdfName(timeStamp ? "DocTimeStamp" : "Sig"))
            .Set("Filter", new PdfName("Adobe.PPKLite"))
            .Set("SubFilter", new PdfName(SubFilter(request.Format)))
            .Set("ByteRange", byteRange)
            .Set("Contents", contents);
        if (timeStamp)
        {
            return dictionary; // EN 319 142-1 §5.4.3: its time, name and reason are the token's
        }
        SetText(dictionary, "Name", request.SignerName);
        SetText(dictionary, "Reason", request.Reason);
        SetText(dictionary, "Location", request.Location);
        SetText(dictionary, "ContactInfo", request.ContactInfo);
        if (request.Time is { } time)
        {
            dictionary.Set("M", PdfString.Date(time));
        }
        var references = new List<PdfObject>();
        if (request.Certification != CertificationLevel.None)
        {
            references.Add(
                Reference(
                    "DocMDP",
                    new PdfDictionary()
                        .Set("Type", new PdfName("TransformParams"))
                        .Set("P", PdfInteger.Of((int)request.Certification))
                        .Set("V", new PdfName("1.2"))
                )
            );
        }
        if (locked is not null)
        {
            // Table 256: FieldMDP says what it is about.
            references.Add(Reference("FieldMDP", locked.ToDictionary("TransformParams").Set("V", new PdfName("1.2"))).Set("Data", catalog));
        }
        return references.Count == 0 ? dictionary : dictionary.Set("Reference", new PdfArray([.. references]));
    }

    private static PdfDictionary Reference(string method, PdfDictionary parameters) =>
        new PdfDictionary()
            .Set("Type", new PdfName("SigRef"))
            .Set("TransformMethod", new PdfName(method))
            .Set("TransformParams", parameters);

    private static void SetText(PdfDictionary dictionary, string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            dictionary.Set(key, PdfString.Text(text));
        }
    }
}
