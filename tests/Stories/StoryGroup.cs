using Xunit;

namespace EContract.Stories.Tests;

/// <summary>The stories share one installation, and follow each other.</summary>
[CollectionDefinition(Name)]
public sealed class StoryGroup : ICollectionFixture<LocalInstallation>
{
    public const string Name = "stories";
}
