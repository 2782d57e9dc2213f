using EContract.Signer.Tests;
using EContract.TestKit;
using Xunit;

[assembly: AssemblyFixture(typeof(NoSecretsInLogs))]

namespace EContract.Signer.Tests;

/// <summary>When all tests of this project are over: no PIN and no one-time password is in anything that the Signer logged, at any level.</summary>
public sealed class NoSecretsInLogs : IDisposable
{
    public void Dispose() => Assert.Empty(TestRunLog.Search());
}
