using EContract.Grpc.Wire;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

/// <summary>
/// Target: <see cref="PercentEncoding.Decode"/>, fed with what a peer sends as <c>grpc-message</c>. Invariants: it throws nothing;
/// the text is no longer than what came; what holds no '%' comes back unchanged.
/// </summary>
public sealed class PercentEncodingFuzz
{
    [Fact]
    public void Any_text_is_decoded()
    {
        foreach (var bytes in FuzzInput.Strings("%0123456789abcdefABCDEFgxz ~\u0001é☺", 64))
        {
            var decoded = PercentEncoding.Decode(bytes);
            Assert.True(decoded.Length <= bytes.Length);
            if (!bytes.Contains('%', StringComparison.Ordinal))
            {
                Assert.Equal(bytes, decoded);
            }
        }
    }
}
