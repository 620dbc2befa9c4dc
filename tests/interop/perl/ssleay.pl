# Net::SSLeay's high level: each line of the input is a JSON array [id, function, arguments...]; each
# answer is a line "answer ID JSON" with the list that the function gave. A call that hangs dies.
use strict;
use warnings;
use JSON::PP;
use Net::SSLeay;
use Net::SSLeay::Handle;
use Socket;

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $in  = JSON::PP->new->utf8;
my $out = JSON::PP->new->canonical->allow_nonref->ascii;
my $patience = 10;

# Reads from a server by the low level: [[function, arguments...], ...]
sub reads {
    my ( $host, $port, $steps ) = @_;
    no warnings 'once';
    my ( $ok, $error ) = Net::SSLeay::open_tcp_connection( $host, $port );
    die $error if !$ok;
    my $ctx = Net::SSLeay::CTX_new();
    my $ssl = Net::SSLeay::new($ctx);
    Net::SSLeay::set_fd( $ssl, fileno(*Net::SSLeay::SSLCAT_S) );
    Net::SSLeay::connect($ssl) == 1 or die "connect\n";
    no strict 'refs';
    my @all = map {
        my ( $name, @args ) = @$_;
        [ &{"Net::SSLeay::$name"}( $ssl, @args ) ]
    } @$steps;
    Net::SSLeay::free($ssl);
    Net::SSLeay::CTX_free($ctx);
    close *Net::SSLeay::SSLCAT_S;
    return @all;
}

# The same without TLS, on the global handle.
sub tcp_reads {
    my ( $host, $port, $steps ) = @_;
    my ( $ok, $error ) = Net::SSLeay::open_tcp_connection( $host, $port );
    die $error if !$ok;
    no strict 'refs';
    my @all = map { my ( $name, @args ) = @$_; [ &{"Net::SSLeay::$name"}(@args) ] } @$steps;
    close *Net::SSLeay::SSLCAT_S;
    return @all;
}

# The tied handle: [[step, arguments...], ...]
sub handle {
    my ( $host, $port, $steps ) = @_;
    tie( *SSL,  'Net::SSLeay::Handle', $host, $port );
    my %do = (
        print     => sub { print SSL @_ },
        readline  => sub { scalar <SSL> },
        readlines => sub { [<SSL>] },
        read      => sub { my $b = ''; my $n = read( SSL, $b, $_[0] ); [ $n, $b ] },
        eof       => sub { eval { eof(SSL) } // "died: $@" },
        write     => sub { syswrite( SSL, $_[0], $_[1], $_[2] ) },
        shutdown  => sub { Net::SSLeay::Handle::shutdown( tied(*SSL), $_[0] ) ? 1 : 0 },
        close     => sub { close(SSL) ? 1 : 0 },
    );
    my @all = map { my ( $name, @args ) = @$_; $do{$name}->(@args) } @$steps;
    untie *SSL;
    return @all;
}

my %own = (
    version   => sub { $Net::SSLeay::VERSION },
    patience  => sub { $patience = $_[0] },
    reads     => \&reads,
    tcp_reads => \&tcp_reads,
    handle    => \&handle,
    set       => sub { no strict 'refs'; ${"Net::SSLeay::$_[0]"} = $_[1] },
    queue     => sub { Net::SSLeay::ERR_put_error( 20, 0, 134, '', 0 ) },
    set_cert_and_key => sub {
        my $ctx = Net::SSLeay::CTX_new();
        &Net::SSLeay::set_cert_and_key( $ctx, @_ );
    },
);

while ( my $line = <STDIN> ) {
    my ( $id, $name, @args ) = @{ $in->decode($line) };
    my @result = eval {
        local $SIG{ALRM} = sub { die "hangs\n" };
        local $SIG{__WARN__} = sub { };
        alarm $patience;
        no strict 'refs';
        my @list = ( $own{$name} || \&{"Net::SSLeay::$name"} )->(@args);
        alarm 0;
        # A certificate is an address.
        my $at = $name =~ /(?:3|4)$/ ? 3 : $name =~ /cat$/ ? 2 : -1;
        $list[$at] = 'X509' if $at >= 0 && $list[$at];
        @list;
    };
    my $error = $@;
    alarm 0;
    my $answer = $error ? { error => "$error" } : { value => [@result] };
    print "answer $id " . $out->encode($answer) . "\n";
}
