using System.Text;

namespace EContract.Pdf.Syntax;

/// <summary>One string for each name that documents are full of, so that parsing them doesn't allocate it again.</summary>
internal static class KnownNames
{
    private const string List =
        "A AP AS AcroForm Action Annot Annots Author BBox BaseFont BitsPerComponent BleedBox Border ByteRange C CIDSystemInfo CIDToGIDMap CMap "
        + "Catalog CapHeight Cert Certs CIDFontType2 CRL CRLs ColorSpace Columns Contents Count CreationDate Creator CropBox D DA DR DSS DW Data "
        + "DecodeParms Descent DescendantFonts DeviceGray DeviceRGB DigestMethod DocMDP Encoding ExtGState Extends Extensions F FT Ff Fields Filter "
        + "First FirstChar Flags FlateDecode Font FontBBox FontDescriptor FontFile2 FontName Form Group H Height ID Identity-H Image Index Info "
        + "ItalicAngle K Keywords Kids L Lang LastChar Length Length1 Location Lock M MK MarkInfo Matrix MediaBox Metadata ModDate N Name Names "
        + "Nums O OCSP OCSPs ObjStm Off Order Outlines P Page PageLabels PageMode Pages Parent Perms Predictor Prev ProcSet Producer R Reason Rect "
        + "Reference Resources Root Rotate S SMask Sig SigFlags SigRef Size StemV StructParents StructTreeRoot SubFilter Subtype SV T TU Tabs Text "
        + "ToUnicode TransformMethod TransformParams TrimBox Type Type0 Type1 TrueType V VRI Version ViewerPreferences W Widget Widths Width X "
        + "XObject XRef XRefStm XYZ Yes";

    // Open addressing by length and two bytes; a miss only costs an allocation.
    private static readonly (byte[] Bytes, string Text)[] Slots = Build();

    public static string Intern(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 16)
        {
            return Encoding.Latin1.GetString(name);
        }
        for (int i = Hash(name); Slots[i].Bytes is { } bytes; i = (i + 1) & 1023)
        {
            if (name.SequenceEqual(bytes))
            {
                return Slots[i].Text;
            }
        }
        return Encoding.Latin1.GetString(name);
    }

    private static (byte[], string)[] Build()
    {
        var slots = new (byte[] Bytes, string Text)[1024];
        foreach (string name in List.Split(' ').Distinct())
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            int i = Hash(bytes);
            while (slots[i].Bytes is not null)
            {
                i = (i + 1) & 1023;
            }
            slots[i] = (bytes, name);
        }
        return slots;
    }

    private static int Hash(ReadOnlySpan<byte> name) => (name[0] * 31 + name[^1] * 7 + name[name.Length / 2] + name.Length * 131) & 1023;
}
