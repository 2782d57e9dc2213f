using System.Security.Cryptography;
using EContract.Hosting.Errors;
using EContract.Signer.Archive.Locations;
using EContract.Signer.Tests.Rig;
using EContract.TestKit;
using Xunit;

namespace EContract.Signer.Tests.Archive.Locations;

/// <summary>Documents in an S3-compatible store: what is read, what replaces it, and what is refused.</summary>
public sealed class S3LocationTests : IAsyncLifetime
{
    private const long Limit = 10_000_000;

    private static readonly ArchiveLocation Place = ArchiveLocation.Parse("s3:contracts/2026/契約書 1.pdf", "location");

    private S3Server _server = null!;
    private S3Location _location = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await S3Server.StartAsync("archive-key", "contracts", "others");
        _location = Open("archive-key");
    }

    public ValueTask DisposeAsync()
    {
        _location.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_000_000)]
    public async Task What_was_put_is_read_and_replaced_while_it_is_the_same(int size)
    {
        var (first, second) = (RandomNumberGenerator.GetBytes(size), RandomNumberGenerator.GetBytes(size + 1000));
        _server.Put(Place.Path, first);
        var (version, read) = await ReadAsync(Place);
        Assert.Equal(first, read);
        await ReplaceAsync(Place, version, second);
        Assert.Equal(second, _server.Get(Place.Path));
        var (next, again) = await ReadAsync(Place);
        Assert.Equal(second, again);
        Assert.NotEqual(version, next);
    }

    [Fact]
    public async Task What_somebody_else_has_put_meanwhile_is_left_alone()
    {
        _server.Put(Place.Path, [1]);
        var (version, _) = await ReadAsync(Place);
        _server.Put(Place.Path, [2]);
        await Refusal.IsAsync(Fault.DocumentChanged, () => ReplaceAsync(Place, version, [3]));
        Assert.Equal([2], _server.Get(Place.Path));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_not_made()
    {
        await Refusal.IsAsync(Fault.DocumentNotFound, () => ReadAsync(Place));
        await Refusal.IsAsync(Fault.DocumentNotFound, () => ReplaceAsync(Place, "\"1\"", [3]));
        Assert.Null(_server.Get(Place.Path));
    }

    [Fact]
    public async Task A_document_over_the_limit_is_refused()
    {
        _server.Put(Place.Path, new byte[Limit + 1]);
        await Refusal.IsAsync(Fault.DocumentTooLarge, () => ReadAsync(Place));
    }

    [Fact]
    public async Task A_store_that_is_down_or_knows_another_key_is_told_as_unavailable()
    {
        _server.Put(Place.Path, [1]);
        using (var stranger = Open("another-key"))
        {
            await Refusal.IsAsync(
                Fault.StorageUnavailable,
                () => stranger.ReadAsync(Place, new MemoryStream(), Limit, TestContext.Current.CancellationToken)
            );
        }

        _server.Up = false;
        await Refusal.IsAsync(Fault.StorageUnavailable, () => ReadAsync(Place));
        _server.Up = true;
        Assert.Equal([1], (await ReadAsync(Place)).Content);
    }

    [Theory]
    [InlineData("s3:others/a.pdf")]
    [InlineData("s3:contracts")]
    [InlineData("s3:contracts/")]
    [InlineData("s3:/a.pdf")]
    [InlineData("s3:contracts/../others/a.pdf")]
    [InlineData("s3:contracts/a/../../others/a.pdf")]
    [InlineData("s3:contracts/./a.pdf")]
    [InlineData("s3:contracts/..")]
    public async Task A_location_outside_the_configured_buckets_is_refused_without_asking(string location)
    {
        _server.Put("others/a.pdf", [1]);
        var place = ArchiveLocation.Parse(location, "location");
        await Refusal.IsAsync(Fault.InvalidArgument, () => ReadAsync(place));
        await Refusal.IsAsync(Fault.InvalidArgument, () => ReplaceAsync(place, "\"1\"", [2]));
        Assert.Empty(_server.Requests);
    }

    private S3Location Open(string accessKey) =>
        new(
            new S3Options
            {
                Endpoint = _server.Address,
                AccessKey = accessKey,
                SecretKey = TestRunLog.Secret("s3SecretOfTheArchive"),
                Buckets = { "contracts" },
            }
        );

    private async Task<(string Version, byte[] Content)> ReadAsync(ArchiveLocation place)
    {
        using var content = new MemoryStream();
        var version = await _location.ReadAsync(place, content, Limit, TestContext.Current.CancellationToken);
        return (version, content.ToArray());
    }

    private Task ReplaceAsync(ArchiveLocation place, string version, byte[] content) =>
        _location.ReplaceAsync(place, version, new MemoryStream(content), TestContext.Current.CancellationToken);
}
