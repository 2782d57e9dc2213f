using System.Text.RegularExpressions;
using EContract.Grpc.Wire;
using Xunit;

namespace EContract.Grpc.Tests.Wire;

/// <summary>
/// Target: <see cref="GrpcTimeout.TryParse"/>, fed with what a peer sends as <c>grpc-timeout</c>. Invariants: it throws nothing; it
/// accepts exactly the grammar of PROTOCOL-HTTP2.md; the result is never negative.
/// </summary>
public sealed partial class GrpcTimeoutFuzz
{
    [Fact]
    public void Exactly_the_grammar_is_accepted()
    {
        foreach (var value in FuzzInput.Strings("0123456789HMSmun -+.s\0９", 10))
        {
            var accepted = GrpcTimeout.TryParse(value, out var timeout);
            Assert.Equal(Grammar().IsMatch(value), accepted);
            Assert.True(timeout >= TimeSpan.Zero);
        }
    }

    [GeneratedRegex(@"\A[0-9]{1,8}[HMSmun]\z")]
    private static partial Regex Grammar();
}
