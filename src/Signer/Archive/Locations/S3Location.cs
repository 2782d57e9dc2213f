using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EContract.Hosting.Errors;

namespace EContract.Signer.Archive.Locations;

/// <summary>Documents in an S3-compatible store: <c>s3:bucket/key</c>. A version is replaced only while it is the one that was read (If-Match).</summary>
public sealed class S3Location : IDocumentLocation, IDisposable
{
    private const int CopyBuffer = 128 * 1024;

    private readonly AmazonS3Client _client;
    private readonly S3Options _options;

    public S3Location(S3Options options)
    {
        _options = options;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,
            // Compatible stores know the plain requests; the digest is checked by ourselves.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        }

        _client = options.AccessKey is { } key
            ? new AmazonS3Client(new BasicAWSCredentials(key, options.SecretKey ?? ""), config)
            : new AmazonS3Client(config);
    }

    public string Scheme => "s3";

    public async Task<string> ReadAsync(ArchiveLocation location, Stream target, long maxSize, CancellationToken cancellationToken)
    {
        var (bucket, key) = Split(location);
        try
        {
            using var found = await _client.GetObjectAsync(bucket, key, cancellationToken);
            if (found.ContentLength > maxSize)
            {
                throw new ServiceException(Fault.DocumentTooLarge, $"{location} has {found.ContentLength} bytes.");
            }

            await found.ResponseStream.CopyToAsync(target, CopyBuffer, cancellationToken);
            return found.ETag;
        }
        catch (AmazonServiceException e)
        {
            throw Translate(location, e);
        }
        catch (Exception e) when (e is AmazonClientException or IOException or HttpRequestException)
        {
            throw Unavailable(location, e);
        }
    }

    public async Task ReplaceAsync(ArchiveLocation location, string version, Stream content, CancellationToken cancellationToken)
    {
        var (bucket, key) = Split(location);
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            AutoResetStreamPosition = false,
            IfMatch = version,
            UseChunkEncoding = false,
        };
        try
        {
            await _client.PutObjectAsync(request, cancellationToken);
        }
        catch (AmazonServiceException e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            // The client repeats a PUT whose answer was lost, and then finds the condition broken by its own first try.
            if (!await HoldsAsync(location, content, cancellationToken))
            {
                throw Translate(location, e);
            }
        }
        catch (AmazonServiceException e)
        {
            throw Translate(location, e);
        }
        catch (Exception e) when (e is AmazonClientException or IOException or HttpRequestException)
        {
            throw Unavailable(location, e);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Whether the document in the store is this one, byte for byte.</summary>
    private async Task<bool> HoldsAsync(ArchiveLocation location, Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var wanted = await SHA256.HashDataAsync(content, cancellationToken);
        var (bucket, key) = Split(location);
        try
        {
            using var found = await _client.GetObjectAsync(bucket, key, cancellationToken);
            var held = await SHA256.HashDataAsync(found.ResponseStream, cancellationToken);
            return held.AsSpan().SequenceEqual(wanted);
        }
        catch (AmazonServiceException e)
        {
            throw Translate(location, e);
        }
        catch (Exception e) when (e is AmazonClientException or IOException or HttpRequestException)
        {
            throw Unavailable(location, e);
        }
    }

    private (string Bucket, string Key) Split(ArchiveLocation location)
    {
        var slash = location.Path.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash > 0 ? location.Path[..slash] : "";
        var key = location.Path[(slash + 1)..];
        // The bucket is the first segment of the address, and addresses are normalised on their way: contracts/../others/a would be another bucket's.
        return _options.Buckets.Contains(bucket) && key.Length > 0 && !key.Split('/').Any(segment => segment is "." or "..")
            ? (bucket, key)
            : throw ServiceException.Invalid(
                "location",
                "The bucket is none of those in the settings, or the key is empty or has segments of dots."
            );
    }

    private static ServiceException Translate(ArchiveLocation location, AmazonServiceException e) =>
        e.StatusCode switch
        {
            HttpStatusCode.NotFound => new ServiceException(Fault.DocumentNotFound, $"There is no {location}.", cause: e),
            HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict => new ServiceException(
                Fault.DocumentChanged,
                $"{location} was changed by somebody else in the meantime.",
                cause: e
            ),
            _ => Unavailable(location, e),
        };

    private static ServiceException Unavailable(ArchiveLocation location, Exception cause) =>
        new(Fault.StorageUnavailable, $"{location} can't be read or written: {cause.Message}", cause: cause);
}
