using Xunit;

namespace EContract.Signer.Tests.Rig;

/// <summary>Tests that share a token.</summary>
[CollectionDefinition(Name)]
public sealed class TokenTests : ICollectionFixture<TokenFixture>
{
    public const string Name = "token";
}
