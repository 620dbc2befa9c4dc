# IO::Socket::SSL::PublicSuffix, with the project's behind it.
package IO::Socket::SSL::PublicSuffix;
use strict;
use warnings;
use IO::Socket::SSL;

sub _new {
    my ( $class, $kind, $source, %options ) = @_;
    my $least = $options{min_suffix};
    my $id    = Bridge::value(
        op     => 'new_suffixes',
        kind   => $kind,
        source => $source,
        least  => defined $least ? $least + 0 : undef,
    );
    return bless { id => $id }, $class;
}

my %default;

sub default {
    my ( $class, %options ) = @_;
    my $least = defined $options{min_suffix} ? $options{min_suffix} : '';
    return $default{$least} ||= $class->_new( 'default', undef, %options );
}
sub from_string { my $class = shift; return $class->_new( 'string', @_ ) }
sub from_file   { my $class = shift; return $class->_new( 'file',   @_ ) }
sub can_idn     { return 1 }

sub public_suffix {
    my ( $self, $name, $add ) = @_;
    my $value = Bridge::value( op => 'suffix', id => $self->{id}, name => $name, add => $add );
    return if !defined $value;
    my ( $rest, $suffix ) = @$value;
    return wantarray ? ( $rest, $suffix ) : $suffix;
}
1;
