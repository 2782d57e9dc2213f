using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using EContract.TestKit;

namespace EContract.Stories.Tests;

/// <summary>The mails of an installation: where a subscriber reads his one-time passwords.</summary>
internal sealed partial class Outbox(string folder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, string> _read = new();

    /// <summary>The codes that were read so far.</summary>
    public IEnumerable<string> Codes => _read.Values;

    /// <summary>The code of the first mail to this address that was not read yet.</summary>
    public async Task<string> NextCodeAsync(string address)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.eml").Order(StringComparer.Ordinal))
            {
                if (_read.ContainsKey(file) || CodeFor(address, File.ReadAllText(file)) is not { } code)
                {
                    continue;
                }

                _read[file] = TestRunLog.Secret(code);
                return code;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>The code in a mail.</summary>
    public static string CodeIn(string mail) =>
        CodeFor(To().Match(mail).Groups[1].Value.Trim(), mail) ?? throw new InvalidDataException("the mail holds no code");

    private static string? CodeFor(string address, string mail)
    {
        var split = mail.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (split < 0 || To().Match(mail).Groups[1].Value.Trim() != address)
        {
            return null;
        }

        var body = mail[(split + 4)..];
        if (mail[..split].Contains("Content-Transfer-Encoding: base64", StringComparison.OrdinalIgnoreCase))
        {
            body = Encoding.UTF8.GetString(Convert.FromBase64String(body));
        }

        return Code().Match(body) is { Success: true } match ? match.Value : null;
    }

    [GeneratedRegex(@"(?<!\d)\d{8}(?!\d)")]
    private static partial Regex Code();

    [GeneratedRegex(@"^To: (.*)$", RegexOptions.Multiline)]
    private static partial Regex To();
}
