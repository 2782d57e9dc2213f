using System.Security.Cryptography;
using System.Text;
using EContract.Hsm.Native;

namespace EContract.Hsm.Pins;

/// <summary>
/// Where the token's user PIN comes from. File and environment are read anew at each login, so that the PIN rests
/// nowhere else and a changed one is seen; a prompted PIN is kept for as long as the token is open.
/// </summary>
internal sealed class PinSource(TokenOptions options) : IDisposable
{
    private const int LongestPin = 255;
    private Pin? _prompted;

    public Pin Read()
    {
        if (options.PinFile is { } file)
        {
            return FromFile(file);
        }

        if (options.PinEnvironment is { } variable)
        {
            var value = Environment.GetEnvironmentVariable(variable);
            return string.IsNullOrEmpty(value) ? throw Missing($"the environment variable '{variable}' isn't set") : FromText(value);
        }

        if (options.PinPrompt)
        {
            _prompted ??= Prompt();
            return new Pin(_prompted.Bytes);
        }

        throw Missing("no PIN file, environment variable or prompt is configured");
    }

    public void Dispose() => _prompted?.Dispose();

    private static Pin FromFile(string path)
    {
        Span<byte> buffer = stackalloc byte[LongestPin + 2];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var line = buffer[..read];
            var end = line.IndexOfAny((byte)'\r', (byte)'\n');
            line = end < 0 ? line : line[..end];
            return line.Length is > 0 and <= LongestPin
                ? new Pin(line)
                : throw Missing($"the PIN file '{path}' has no PIN in its first line");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing($"the PIN file '{path}' can't be read: {e.GetType().Name}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private static Pin FromText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            return new Pin(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private Pin Prompt()
    {
        if (Console.IsInputRedirected)
        {
            throw Missing("a PIN is to be asked for, but there is no terminal");
        }

        // The first look at the keyboard turns the terminal's echo off. What was typed before it asks is thrown away: it has been
        // seen on the screen, and wasn't meant for here.
        while (Console.KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }

        Console.Error.Write($"PIN of token {options.TokenLabel ?? options.TokenSerial}: ");
        Span<char> typed = stackalloc char[LongestPin + 1];
        Span<byte> utf8 = stackalloc byte[(LongestPin + 1) * 3];
        try
        {
            var length = 0;
            for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
            {
                if (key.Key == ConsoleKey.Backspace)
                {
                    length = Math.Max(0, length - 1);
                }
                else if (length < typed.Length)
                {
                    typed[length++] = key.KeyChar;
                }
            }

            Console.Error.WriteLine();
            var size = Encoding.UTF8.GetBytes(typed[..length], utf8);
            return size switch
            {
                0 => throw Missing("no PIN was typed"),
                > LongestPin => throw Missing($"what was typed is longer than {LongestPin} bytes"),
                _ => new Pin(utf8[..size]),
            };
        }
        finally
        {
            typed.Clear();
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    private static HsmException Missing(string why) => new("PIN", Ckr.CKR_OK, HsmFault.PinRefused, why);
}
