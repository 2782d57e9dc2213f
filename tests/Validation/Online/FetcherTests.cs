using System.Net;
using System.Text;
using EContract.TestKit;
using EContract.Validation.Online;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace EContract.Validation.Tests.Online;

/// <summary>The addresses in certificates are an attacker's to choose: what is not allowed is refused, and each bound holds.</summary>
public sealed class FetcherTests : IAsyncLifetime
{
    private readonly WebApplication _server = Build();
    private int _asked;

    public async ValueTask InitializeAsync()
    {
        _server.Run(AnswerAsync);
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void An_address_is_public_or_it_is_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Fact]
    public async Task Nothing_is_fetched_unless_it_is_allowed()
    {
        using var fetcher = Fetcher(options => options.Enabled = false);
        Assert.Contains("not allowed", await RefusedAsync(fetcher, At("ok")), StringComparison.Ordinal);
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    public async Task A_private_address_is_not_asked_under_any_name(string host)
    {
        using var fetcher = Fetcher(options => options.PrivateNetworks.Clear());
        var port = new Uri(At("")).Port;
        var reason = await RefusedAsync(fetcher, $"http://{host}:{port}/ok");
        Assert.Contains("not a public address", reason, StringComparison.Ordinal);
        Assert.Equal(0, _asked);
    }

    [Fact]
    public async Task A_redirect_leads_to_no_private_address()
    {
        using var fetcher = Fetcher(options =>
        {
            options.PrivateNetworks.Clear();
            options.PrivateNetworks.Add("127.0.0.1/32");
        });
        var reason = await RefusedAsync(fetcher, At("to-private"));
        Assert.Contains("127.0.0.2", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://example.com/a.crl")]
    [InlineData("ldap://example.com/cn=a")]
    [InlineData("ftp://example.com/a.crl")]
    [InlineData("not an address")]
    public async Task Only_http_is_fetched(string location)
    {
        using var fetcher = Fetcher();
        Assert.Contains("only http", await RefusedAsync(fetcher, location), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("large", "larger than 1000 bytes")]
    [InlineData("endless", "larger than 1000 bytes")]
    [InlineData("slow", "no answer within")]
    [InlineData("loop", "more than 3 redirects")]
    [InlineData("missing", "404")]
    public async Task Each_bound_holds_and_says_so(string path, string reason)
    {
        using var fetcher = Fetcher();
        Assert.Contains(reason, await RefusedAsync(fetcher, At(path)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_fetched_is_kept_until_it_runs_out()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        using var fetcher = Fetcher(time: time);
        Assert.Equal("ok", await FetchAsync(fetcher, At("ok"), time.GetUtcNow().AddHours(1)));
        Assert.Equal("ok", await FetchAsync(fetcher, At("ok"), time.GetUtcNow().AddHours(1)));
        Assert.Equal(1, _asked);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal("ok", await FetchAsync(fetcher, At("ok"), time.GetUtcNow().AddHours(1)));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task What_failed_is_left_alone_for_a_while()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        using var fetcher = Fetcher(time: time);
        await RefusedAsync(fetcher, At("missing"));
        await RefusedAsync(fetcher, At("missing"));
        Assert.Equal(1, _asked);
        time.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync(fetcher, At("missing"));
        Assert.Equal(2, _asked);
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    private static Fetcher Fetcher(Action<OnlineOptions>? change = null, TimeProvider? time = null)
    {
        var options = new OnlineOptions { Enabled = true, Timeout = TimeSpan.FromSeconds(1) };
        options.PrivateNetworks.Add("127.0.0.0/8");
        change?.Invoke(options);
        return new Fetcher(options, time ?? TimeProvider.System);
    }

    private static Task<string> FetchAsync(Fetcher fetcher, string location, DateTimeOffset until) =>
        fetcher.FetchAsync(
            location,
            location,
            null,
            1000,
            _ => true,
            bytes => (Encoding.UTF8.GetString(bytes.Span), until),
            CancellationToken.None
        );

    private static async Task<string> RefusedAsync(Fetcher fetcher, string location) =>
        (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(fetcher, location, DateTimeOffset.MaxValue))).Message;

    private string At(string path) => $"{_server.Urls.First()}/{path}";

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _asked);
        var response = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/ok":
                await response.WriteAsync("ok");
                break;
            case "/large":
                response.ContentLength = 5000;
                await response.Body.WriteAsync(new byte[5000]);
                break;
            case "/endless":
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.Body.WriteAsync(new byte[500], context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);
                }

                break;
            case "/slow":
                await Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted);
                break;
            case "/loop":
                response.Redirect("/loop");
                break;
            case "/to-private":
                response.Redirect($"http://127.0.0.2:{context.Request.Host.Port}/ok");
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }
}
