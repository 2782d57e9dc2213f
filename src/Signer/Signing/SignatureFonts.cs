using EContract.Pdf.Fonts;

namespace EContract.Signer.Signing;

/// <summary>The fonts of visible signatures, read once when the first is drawn.</summary>
public sealed class SignatureFonts(SignerOptions settings)
{
    private static readonly string[] Installed =
    [
        "/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf",
        "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    ];

    private readonly Lazy<IReadOnlyList<TrueTypeFont>> _fonts = new(() =>
        [.. settings.Signing.Fonts.Concat(Installed.Where(File.Exists)).Select(path => TrueTypeFont.Read(File.ReadAllBytes(path)))]
    );

    public IReadOnlyList<TrueTypeFont> All => _fonts.Value;
}
