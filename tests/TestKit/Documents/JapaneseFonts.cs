using EContract.Pdf.Fonts;

namespace EContract.TestKit.Documents;

/// <summary>Debian's IPA fonts (packages fonts-ipafont-gothic, fonts-ipafont-mincho), each read once.</summary>
public static class JapaneseFonts
{
    private static readonly Lazy<TrueTypeFont> LazyGothic = new(() => Read("ipafont-gothic/ipag.ttf"));
    private static readonly Lazy<TrueTypeFont> LazyMincho = new(() => Read("ipafont-mincho/ipam.ttf"));

    public static TrueTypeFont Gothic => LazyGothic.Value;

    public static TrueTypeFont Mincho => LazyMincho.Value;

    private static TrueTypeFont Read(string name) => TrueTypeFont.Read(File.ReadAllBytes($"/usr/share/fonts/opentype/{name}"));
}
