using System.Diagnostics;
using System.Text;
using EContract.TestKit;
using Xunit;

namespace EContract.Hsm.Tests.Pins;

/// <summary>
/// The PIN asked for at a terminal: a pseudo-terminal that echoes what is typed, of <c>script</c> (util-linux), around a
/// process that opens a token. The process says "ready" when it is logged in.
/// </summary>
public sealed class PinPromptTests : IDisposable
{
    private const string Prompt = "PIN of token econtract-test: ";
    private readonly SoftHsmToken _soft = SoftHsmToken.Create();
    private readonly StringBuilder _screen = new();
    private Process? _process;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_typed_PIN_opens_the_token_and_is_never_on_the_screen()
    {
        await using (var token = await _soft.OpenAsync(cancellationToken: Stop))
        {
            await token.GenerateMasterAsync("master", Stop);
        }

        StartAtTerminal();
        await ReadUntilAsync(Prompt);
        // A mistake, taken back, and then the rest.
        await TypeAsync("1234x\u007f5678\r");
        await ReadUntilAsync("ready");
        Assert.DoesNotContain("1234", _screen.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("5678", _screen.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4711-wrong\r", "CKR_PIN_INCORRECT")]
    [InlineData("\r", "no PIN was typed")]
    public async Task A_wrong_or_empty_PIN_ends_with_a_clear_error(string typed, string error)
    {
        StartAtTerminal();
        await ReadUntilAsync(Prompt);
        await TypeAsync(typed);
        await ReadUntilAsync(error);
        await _process!.WaitForExitAsync(Stop);
        Assert.Equal(1, _process.ExitCode);
        Assert.DoesNotContain("4711", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PIN_longer_than_any_token_takes_is_refused_and_not_cut()
    {
        StartAtTerminal();
        await ReadUntilAsync(Prompt);
        await TypeAsync(SoftHsmToken.UserPin + new string('9', 300) + "\r");
        await ReadUntilAsync("longer than 255 bytes");
        await _process!.WaitForExitAsync(Stop);
        Assert.Equal(1, _process.ExitCode);
    }

    [Fact]
    public async Task Without_a_terminal_nobody_is_asked()
    {
        Start("dotnet", Command());
        await _process!.StandardInput.WriteLineAsync(SoftHsmToken.UserPin.AsMemory(), Stop);
        _process.StandardInput.Close();
        var error = await _process.StandardError.ReadToEndAsync(Stop);
        await _process.WaitForExitAsync(Stop);
        Assert.Equal(1, _process.ExitCode);
        Assert.Contains("there is no terminal", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Prompt, error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process?.Dispose();
        _soft.Dispose();
    }

    // The PIN is no argument of it: "-" says that it is to be asked for.
    private string[] Command() =>
        [
            Path.Combine(AppContext.BaseDirectory, "EContract.Hsm.Crasher.dll"),
            SoftHsmToken.InstalledModule,
            _soft.ConfigurationFile,
            _soft.TokenOptions.TokenLabel!,
            "-",
            "prompted",
            Directory.CreateDirectory(Path.Combine(_soft.Directory, "blobs")).FullName,
        ];

    private void StartAtTerminal() =>
        Start(
            "script",
            ["--quiet", "--flush", "--return", "--echo", "always", "--command", $"dotnet {string.Join(' ', Command())}", "/dev/null"]
        );

    private void Start(string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TERM"] = "xterm";
        _process = Process.Start(start)!;
    }

    private async Task TypeAsync(string text)
    {
        await _process!.StandardInput.WriteAsync(text.AsMemory(), Stop);
        await _process.StandardInput.FlushAsync(Stop);
    }

    private async Task ReadUntilAsync(string text)
    {
        var buffer = new char[256];
        while (!_screen.ToString().Contains(text, StringComparison.Ordinal))
        {
            var read = await _process!.StandardOutput.ReadAsync(buffer, Stop);
            Assert.True(read > 0, $"'{text}' never came: {_screen}");
            _screen.Append(buffer, 0, read);
        }
    }
}
