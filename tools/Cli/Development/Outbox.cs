using System.Text;
using System.Text.RegularExpressions;

namespace EContract.Cli.Development;

/// <summary>The pickup directory of a local server: what a subscriber would find in his mailbox.</summary>
internal sealed partial class Outbox(string home)
{
    private readonly string _folder = Path.Combine(home, "outbox");

    /// <summary>Newest first.</summary>
    public IReadOnlyList<(string File, string To, string Code)> Read()
    {
        if (!Directory.Exists(_folder))
        {
            return [];
        }

        return
        [
            .. from file in Directory.EnumerateFiles(_folder, "*.eml").OrderByDescending(name => name, StringComparer.Ordinal)
            let mail = File.ReadAllText(file)
            let code = Code().Match(BodyOf(mail))
            where code.Success
            select (file, To().Match(mail).Groups[1].Value.Trim(), code.Value),
        ];
    }

    /// <summary>The newest code for an address, among mails that came after <paramref name="seen"/>.</summary>
    public async Task<string> WaitForCodeAsync(string address, IReadOnlySet<string> seen, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (Read().FirstOrDefault(mail => mail.To == address && !seen.Contains(mail.File)) is { Code: not null } found)
            {
                return found.Code;
            }

            await Task.Delay(100, timeout.Token);
        }
    }

    /// <summary>The files that are there now.</summary>
    public IReadOnlySet<string> Files() => Read().Select(mail => mail.File).ToHashSet();

    private static string BodyOf(string mail)
    {
        var split = mail.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (split < 0)
        {
            return "";
        }

        var body = mail[(split + 4)..];
        if (!mail[..split].Contains("Content-Transfer-Encoding: base64", StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        var bytes = new byte[body.Length];
        return Convert.TryFromBase64String(body, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    [GeneratedRegex(@"(?<!\d)\d{8}(?!\d)")]
    private static partial Regex Code();

    [GeneratedRegex(@"^To: (.*)$", RegexOptions.Multiline)]
    private static partial Regex To();
}
