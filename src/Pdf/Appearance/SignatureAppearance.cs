using EContract.Pdf.Fonts;

namespace EContract.Pdf.Appearance;

/// <summary>What a visible signature shows: text that is made as large as its rectangle allows, and an image beside it.</summary>
public sealed record SignatureAppearance
{
    /// <summary>The paragraphs, from above.</summary>
    public required IReadOnlyList<AppearanceText> Texts { get; init; }

    /// <summary>The fonts; each character is taken from the first that has it.</summary>
    public required IReadOnlyList<TrueTypeFont> Fonts { get; init; }

    /// <summary>Image at the left, or all over the rectangle where there is no text.</summary>
    public AppearanceImage? Image { get; init; }

    /// <summary>Whether a thin line is drawn around.</summary>
    public bool Border { get; init; } = true;

    /// <summary>Largest size of text with scale 1, in points.</summary>
    public double MaxFontSize { get; init; } = 12;

    /// <summary>The usual signature: name, role, reason and time in Japanese.</summary>
    /// <param name="name">name of the signer</param>
    /// <param name="role">in which role he signs, such as 債務者</param>
    /// <param name="reason">why</param>
    /// <param name="time">when, shown with its offset from UTC (JST for +09:00)</param>
    /// <param name="fonts">fonts that have the characters</param>
    public static SignatureAppearance ForSigner(
        string name,
        string? role,
        string? reason,
        DateTimeOffset? time,
        params IReadOnlyList<TrueTypeFont> fonts
    )
    {
        var texts = new List<AppearanceText>();
        if (!string.IsNullOrWhiteSpace(role))
        {
            texts.Add(new AppearanceText(role));
        }
        texts.Add(new AppearanceText(name, 1.5));
        if (!string.IsNullOrWhiteSpace(reason))
        {
            texts.Add(new AppearanceText($"理由：{reason}"));
        }
        if (time is { } at)
        {
            string zone =
                at.Offset == TimeSpan.FromHours(9) ? "JST"
                : at.Offset == TimeSpan.Zero ? "UTC"
                : at.ToString("zzz", System.Globalization.CultureInfo.InvariantCulture);
            texts.Add(new AppearanceText(FormattableString.Invariant($"日時：{at:yyyy年M月d日 HH:mm:ss} {zone}")));
        }
        return new SignatureAppearance { Texts = texts, Fonts = fonts };
    }
}
