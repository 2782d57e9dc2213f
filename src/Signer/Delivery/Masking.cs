namespace EContract.Signer.Delivery;

/// <summary>What a caller is told of where a one-time password went: enough to recognise one's own address, not to learn it.</summary>
public static class Masking
{
    /// <summary><c>taro.yamada@example.co.jp</c> → <c>t***a@example.co.jp</c>. The number of stars is always the same.</summary>
    public static string Email(string address)
    {
        var at = address.LastIndexOf('@');
        return at switch
        {
            < 1 => "***",
            1 or 2 => string.Concat("***", address.AsSpan(at)),
            _ => string.Concat(address.AsSpan(0, 1), "***", address.AsSpan(at - 1)),
        };
    }

    /// <summary><c>+819012345678</c> → <c>+81*******78</c>.</summary>
    public static string Mobile(string number) =>
        number.Length < 7
            ? "***"
            : string.Concat(number.AsSpan(0, 3), new string('*', number.Length - 5), number.AsSpan(number.Length - 2));
}
